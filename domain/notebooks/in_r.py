"""R, with nothing but what it comes with."""

from __future__ import annotations

from domain.notebooks.snippet import Notebook, Piece, Snippet
from domain.notebooks.source import A_LED_WORD, KEY_HEADER, WHY_LED, Holds, Source, quoted

CLASSES = {Holds.NUMBER: "numeric"}


def _snippet(source: Source) -> Snippet:
    return Snippet(
        ("R 4.2 or newer; no package is needed.", "Paste this into the console or into a script."),
        (Piece("In R", _program(source)),),
        "The first rows, in a data frame. An address that is refused ends it with the number of the refusal.",
    )


def _program(source: Source) -> str:
    key = f"KEY <- {quoted(source.key)}\n" if source.key else ""
    headers = f',\n              headers = c("{KEY_HEADER}" = KEY)' if source.key else ""
    classes = "".join(
        f',\n  {quoted(field.name)} = "{CLASSES.get(field.holds, "character")}"' for field in source.fields
    ).lstrip(",\n")
    return f"""\
URL <- {quoted(source.table)}
{key}
options(timeout = 600)  # seconds, for a file that is long
file <- tempfile(fileext = ".csv")
download.file(URL, file, mode = "wb", quiet = TRUE{headers})
classes <- c(
{classes}
)
readings <- read.csv(file, encoding = "UTF-8", check.names = FALSE, na.strings = "", colClasses = classes)
{_times(source)}{_led(source)}\
print(head(readings))
"""


def _times(source: Source) -> str:
    return "".join(
        f'readings${name} <- as.POSIXct(readings${name}, format = "%Y-%m-%dT%H:%M:%OSZ", tz = "UTC")\n'
        for name in source.named(Holds.INSTANT)
    )


def _led(source: Source) -> str:
    if not source.led:
        return ""
    names = ", ".join(map(quoted, source.led))
    pattern = quoted(A_LED_WORD)
    return (
        f"# {WHY_LED}\n"
        f'for (name in c({names})) readings[[name]] <- sub({pattern}, "\\\\1", readings[[name]], perl = TRUE)\n'
    )


R = Notebook("r", "R", "bar-chart", _snippet)

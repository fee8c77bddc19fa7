"""Python: pandas and polars."""

from __future__ import annotations

from domain.notebooks.snippet import Notebook, Piece, Snippet
from domain.notebooks.source import A_LED_WORD, KEY_HEADER, WHY_LED, Holds, Source, quoted

WHY = f"# {WHY_LED}\n"


def _pandas(source: Source) -> Snippet:
    return Snippet(
        ("Once, in a terminal: pip install pandas", "Paste this into a cell of a notebook, or save it as a program."),
        (Piece("In Python, with pandas", _pandas_program(source)),),
        "The first and the last rows. An address that is refused ends it with HTTPError and the number of the refusal.",
    )


def _pandas_program(source: Source) -> str:
    headers = f'    storage_options={{"{KEY_HEADER}": KEY}},\n' if source.key else ""
    types = [(name, "float") for name in source.named(Holds.NUMBER)]
    types += [(name, "str") for name in source.named(Holds.WORD)]
    written = "".join(f"        {quoted(name)}: {kind},\n" for name, kind in types)
    kinds = f"    dtype={{\n{written}    }},\n" if types else ""
    led = f"{WHY}for name in {_listed(source.led)}:\n    readings[name] = {_pandas_led()}\n\n" if source.led else ""
    return f"""\
import pandas as pd

{_names(source)}
readings = pd.read_csv(
    URL,
{headers}{kinds}\
    parse_dates={_listed(source.named(Holds.INSTANT, Holds.CLOCK))},
    date_format="ISO8601",
    keep_default_na=False,  # a word "NA" is a word
    na_values=[""],
    float_precision="round_trip",
)
{led}print(readings)
"""


def _pandas_led() -> str:
    return rf'readings[name].str.replace(r"{A_LED_WORD}", r"\1", regex=True)'


def _polars(source: Source) -> Snippet:
    return Snippet(
        ("Once, in a terminal: pip install polars", "Paste this into a cell of a notebook, or save it as a program."),
        (Piece("In Python, with polars", _polars_program(source)),),
        "The first and the last rows. An address that is refused ends it with HTTPError and the number of the refusal.",
    )


def _polars_program(source: Source) -> str:
    headers = f', headers={{"{KEY_HEADER}": KEY}}' if source.key else ""
    types = "".join(
        f"    {quoted(field.name)}: pl.{'Float64' if field.holds is Holds.NUMBER else 'String'},\n"
        for field in source.fields
    )
    led = f'    pl.col({_listed(source.led)}).str.replace(r"{A_LED_WORD}", "$1"),\n' if source.led else ""
    why = f"    {WHY}" if source.led else ""
    return f"""\
from urllib.request import Request, urlopen

import polars as pl

{_names(source)}
TYPES = {{
{types}}}
with urlopen(Request(URL{headers}), timeout=60) as answer:
    file = answer.read()
readings = pl.read_csv(file, schema_overrides=TYPES).with_columns(
{_polars_times(source)}{why}{led})
print(readings)
"""


def _polars_times(source: Source) -> str:
    written = {
        Holds.INSTANT: '"%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC"',
        Holds.CLOCK: '"%Y-%m-%d %H:%M:%S%.f", time_unit="us"',
    }
    return "".join(
        f"    pl.col({quoted(field.name)}).str.to_datetime({written[field.holds]}),\n"
        for field in source.fields
        if field.holds in written
    )


def _names(source: Source) -> str:
    key = f"KEY = {quoted(source.key)}\n" if source.key else ""
    return f"URL = {quoted(source.table)}\n{key}"


def _listed(names: list[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


PANDAS = Notebook("pandas", "Python, pandas", "filetype-py", _pandas)
POLARS = Notebook("polars", "Python, polars", "filetype-py", _polars)

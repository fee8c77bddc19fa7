"""MATLAB, and Octave, which runs all of it but the last line."""

from __future__ import annotations

from domain.notebooks.snippet import Notebook, Piece, Snippet
from domain.notebooks.source import A_LED_WORD, KEY_HEADER, WHY_LED, Holds, Source
from domain.notebooks.source import quoted_in_matlab as quoted


def _snippet(source: Source) -> Snippet:
    return Snippet(
        ("MATLAB needs no toolbox for this.", "Paste it into the command window or into a script."),
        (
            Piece("In MATLAB or Octave", _program(source), "Octave 7 or newer."),
            Piece("Then, in MATLAB, as one table", _table(), "R2019b or newer; Octave has no tables."),
        ),
        "The number of rows. An address that is refused ends it with the number of the refusal.",
    )


def _program(source: Source) -> str:
    key = f"KEY = {quoted(source.key)};\n" if source.key else ""
    headers = f"'HeaderFields', {{'{KEY_HEADER}', KEY}}, " if source.key else ""
    format_ = "".join("%f" if field.holds is Holds.NUMBER else "%q" for field in source.fields)
    names = ", ...\n         ".join(quoted(field.name) for field in source.fields)
    return f"""\
URL = {quoted(source.table)};
{key}
text = webread(URL, weboptions({headers}'ContentType', 'text', 'Timeout', 60));
names = {{{names}}};
columns = textscan(text, '{format_}', 'Delimiter', ',', 'HeaderLines', 1);
{_led(source)}\
% Year, month, day, hour, minute, second: UTC.
time_utc = reshape(sscanf(strjoin(columns{{1}}', ''), '%4d-%2d-%2dT%2d:%2d:%fZ'), 6, [])';
fprintf('%d rows of %d columns\\n', size(time_utc, 1), numel(names))
"""


def _led(source: Source) -> str:
    if not source.led:
        return ""
    places = " ".join(str(place) for place, field in enumerate(source.fields, 1) if field.name in source.led)
    return f"""\
% {WHY_LED}
for place = [{places}]
    columns{{place}} = regexprep(columns{{place}}, {quoted(A_LED_WORD)}, '$1');
end
"""


def _table() -> str:
    return """\
columns{1} = datetime(time_utc, 'TimeZone', 'UTC');
readings = table(columns{:}, 'VariableNames', names);
head(readings)
"""


MATLAB = Notebook("matlab", "MATLAB", "graph-up", _snippet)

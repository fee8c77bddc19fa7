"""MATLAB, and Octave."""

from __future__ import annotations

from dashapp.components.boards.literals import matlab_string
from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.samples import Sample, samples


def code(place: Place) -> Code:
    return Code(
        (
            "MATLAB needs no toolbox for this; Octave 7 or newer does it too.",
            "Save the program as labfeed_board.m and run it. Ctrl-C ends it.",
        ),
        (File("labfeed_board.m", _program(place)),),
        "The server's answer with an entry_id every five seconds. MATLAB shows the number of a refusal, "
        "this page its reason.",
    )


def _program(place: Place) -> str:
    values = "".join(f"            {matlab_string(each.name)}, {_value(each)}, ...\n" for each in samples(place))
    return f"""\
URL = '{place.url}';
KEY = '{place.key}';
options = weboptions('HeaderFields', {{'X-API-Key', KEY}}, 'Timeout', 10);

while true
    try
        % Made-up values, until you read your own instrument here.
        answer = webwrite(URL, ...
{values}            options);
        disp(answer)
    catch problem
        disp(problem.message)
    end
    pause(5)
end
"""


def _value(sample: Sample) -> str:
    if sample.words:
        return matlab_string(sample.words[0])
    return f"sprintf('%.1f', {sample.low} + {round(sample.high - sample.low, 1)} * rand())"


BOARD = Board("matlab", "MATLAB", "graph-up", code, is_apart=False)

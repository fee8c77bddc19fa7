"""What programs in Python and its relatives share."""

from __future__ import annotations

from collections.abc import Iterable

from dashapp.components.boards.literals import python_string
from dashapp.components.boards.samples import Sample

HEADERS = 'HEADERS = {"X-API-Key": KEY, "Content-Type": "application/json"}'


def measure(samples: Iterable[Sample]) -> str:
    """The function that a reader replaces by a sensor of their own."""
    lines = "".join(f"        {python_string(each.name)}: {_value(each)},\n" for each in samples)
    return (
        "def measure():\n"
        '    """Made-up values, until you read your own sensor here."""\n'
        f"    return {{\n{lines}    }}\n"
    )


def _value(sample: Sample) -> str:
    if sample.words:
        first, second = map(python_string, sample.words)
        return f"random.choice(({first}, {second}))"
    return f"round(random.uniform({sample.low}, {sample.high}), 1)"

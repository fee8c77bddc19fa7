from __future__ import annotations

import pytest

from dashapp.components.rhythm import door_name, rhythm


@pytest.mark.parametrize(
    ("interval_s", "said"),
    [
        (None, None),
        (0.05, "20 Hz"),
        (0.2, "5 Hz"),
        (1.0, "1 Hz"),
        (2.0, "every 2 s"),
        (10.0, "every 10 s"),
        (300.0, "every 5 min"),
        (7200.0, "every 2 h"),
    ],
)
def test_a_rhythm_is_told_in_the_unit_it_is_felt_in(interval_s, said):
    assert rhythm(interval_s) == said


@pytest.mark.parametrize(("door", "said"), [(None, None), ("http", "HTTP"), ("websocket", "WebSocket")])
def test_a_door_has_a_name(door, said):
    assert door_name(door) == said

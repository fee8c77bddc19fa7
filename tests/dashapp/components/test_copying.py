from __future__ import annotations

from dashapp.components.copying import copy_button, copy_corner
from tests.dashapp.shapes import as_json
from tests.processes import ROOT


def test_what_is_pressed_is_a_button_with_a_name():
    for control in (copy_button("the key", content="0AA"), copy_corner("the key", content="0AA")):
        face = as_json(control)["props"]["children"]
        assert face["type"] == "Button"
        assert face["props"]["aria-label"] == "Copy the key"


def test_no_other_module_makes_one_that_the_keyboard_cannot_reach():
    found = {path.name for path in (ROOT / "dashapp").rglob("*.py") if "dcc.Clipboard(" in path.read_text()}
    assert found == {"copying.py"}

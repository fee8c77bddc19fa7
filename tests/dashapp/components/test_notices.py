from __future__ import annotations

from dashapp.components.notices import not_found, notice
from domain.errors import Busy
from tests.dashapp.shapes import as_json, texts


def test_a_notice_says_what_happened_and_what_to_do():
    said = texts(as_json(notice(Busy("Too many messages wait."))))
    assert said == [Busy.title, "Too many messages wait.", Busy.hint]


def test_what_is_not_found_offers_a_way_back():
    assert texts(as_json(not_found()))[-1] == "Back to the wall"

from __future__ import annotations

import pytest

from domain.audit import told


class TestTold:
    @pytest.mark.parametrize(
        ("detail", "words"),
        [
            ({}, ""),
            ({"role": "editor"}, "role: editor"),
            ({"visibility": {"from": "college", "to": "members"}}, "visibility: college → members"),
            ({"visibility": {"before": "public", "after": "college"}, "n": 0}, "visibility: public → college · n: 0"),
            ({"accepts_new_feeds": {"from": True, "to": False}}, "accepts new feeds: yes → no"),
            ({"place": {"from": "", "to": "Lab 3"}}, "place: none → Lab 3"),
            ({"feeds": ["temperature", "door"]}, "feeds: temperature, door"),
            ({"feeds": []}, "feeds: none"),
            ({"rows": {"added": 3, "removed": 1}}, "rows: (added: 3, removed: 1)"),
        ],
    )
    def test_it_is_a_sentence_and_no_program_text(self, detail, words):
        assert told(detail) == words

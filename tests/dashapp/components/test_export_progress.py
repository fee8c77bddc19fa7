"""What the export drawer says of a download that goes on."""

from __future__ import annotations

import pytest

from dashapp.components.export_panel import progress
from models.progress import Progress


def said(found: Progress | None, *, is_late: bool = False, is_made_first: bool = False) -> str:
    return str(progress(found, is_late=is_late, is_made_first=is_made_first))


class TestProgress:
    @pytest.mark.parametrize("is_made_first", [False, True])
    def test_what_has_not_begun_by_then_is_given_up(self, is_made_first):
        assert "begins" in said(None, is_made_first=is_made_first)
        assert "Nothing has come" in said(None, is_late=True, is_made_first=is_made_first)

    def test_it_says_where_the_readings_are(self):
        halfway = Progress(5, 10, is_over=False, is_whole=False)
        assert "5 readings of 10 readings are sent" in said(halfway)
        assert "5 readings of 10 readings are in the file. It comes when it is whole." in said(
            halfway, is_made_first=True
        )

    def test_only_what_was_being_sent_is_resumed(self):
        broken = Progress(5, 10, is_over=True, is_whole=False)
        assert "Resume it" in said(broken)
        assert "Press Download again" in said(broken, is_made_first=True)

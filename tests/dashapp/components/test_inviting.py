"""What is written in the forms of inviting, and the QR code of a link."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from dashapp.components import inviting
from dashapp.components.inviting import emails_in, end_of
from dashapp.components.qr import QUIET_MODULES, qr_code
from domain.errors import Invalid
from domain.timespan import DAY, from_datetime
from tests.builders import NOW


class TestEmailsIn:
    @pytest.mark.parametrize(
        "written",
        ["a@x.edu b@x.edu", "a@x.edu,b@x.edu", "a@x.edu;\nb@x.edu\n", "  a@x.edu ,\t b@x.edu, a@x.edu"],
    )
    def test_blanks_commas_and_lines_part_them_and_each_counts_once(self, written):
        assert emails_in(written) == ["a@x.edu", "b@x.edu"]

    @pytest.mark.parametrize("written", [None, "", " ,\n;"])
    def test_none_is_said(self, written):
        with pytest.raises(Invalid):
            emails_in(written)

    def test_too_many_at_once_are_refused(self):
        with pytest.raises(Invalid):
            emails_in(" ".join(f"a{number}@x.edu" for number in range(inviting.MOST_AT_ONCE + 1)))


class TestEndOf:
    def test_a_day_and_a_week_count_from_now(self):
        assert (end_of("day", None, NOW), end_of("week", None, NOW)) == (NOW + DAY, NOW + 7 * DAY)

    def test_a_chosen_day_is_over_at_midnight(self):
        assert end_of("after", "2026-12-01", NOW) == from_datetime(datetime(2026, 12, 2, tzinfo=UTC))

    @pytest.mark.parametrize("day", [None, "", "tomorrow", "2026-02-30"])
    def test_what_is_no_day_is_refused(self, day):
        with pytest.raises(Invalid):
            end_of("after", day, NOW)


class TestQrCode:
    def test_it_says_in_words_where_it_leads(self):
        assert qr_code("https://lab.example.edu/join/x").alt == "QR code that leads to https://lab.example.edu/join/x"

    def test_it_is_black_on_white_with_a_frame_whatever_the_theme(self):
        drawn = unquote(qr_code("https://lab.example.edu/join/x").src)
        assert drawn.startswith("data:image/svg+xml")
        assert "<path fill='#fff' d='M0 0h" in drawn
        assert f"stroke='#000' d='M{QUIET_MODULES} {QUIET_MODULES}.5h7" in drawn

    def test_other_addresses_are_other_codes(self):
        assert qr_code("https://lab.example.edu/join/x").src != qr_code("https://lab.example.edu/join/y").src

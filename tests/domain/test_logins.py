from __future__ import annotations

import pytest

from domain.logins import login_of, person_id_in


class TestLogins:
    def test_one_leads_to_its_person(self):
        assert person_id_in(login_of(7)) == 7

    @pytest.mark.parametrize(
        "written", ["", "user", "user0", "user07", "user-1", "user1x", "7", "user9999999999", "user٣"]
    )
    def test_what_is_none_leads_to_nobody(self, written):
        assert person_id_in(written) is None

"""How links and waiting invitations are drawn."""

from __future__ import annotations

import json

import pytest

from dashapp.components import invitation_list
from dashapp.components.invitation_list import SAID, Refused
from domain.errors import Invalid
from domain.roles import Role
from domain.timespan import DAY
from models.invitations import Invited, Outcome, Waiting
from tests.builders import NOW
from tests.dashapp.shapes import as_json, texts

ORIGIN = "https://lab.example.edu"


def waiting(**more) -> Waiting:
    values = {"id": 7, "role": Role.EDITOR, "email": None, "written": None, "is_from_roster": False, "made_at": NOW}
    return Waiting(**(values | {"made_by_name": "Ada Finch", "ends_at": NOW + DAY} | more))


def words(part) -> str:
    return " ".join(texts(as_json(part)))


class TestLinks:
    def test_a_link_is_there_to_read_to_copy_and_to_scan(self):
        drawn = json.dumps(as_json(invitation_list.links([waiting(written="secret")], ORIGIN)))
        assert drawn.count(f"{ORIGIN}/join/secret") == 3
        assert f'"alt": "QR code that leads to {ORIGIN}/join/secret"' in drawn

    def test_it_says_what_it_makes_until_when_and_by_whom(self):
        drawn = words(invitation_list.links([waiting(written="secret")], ORIGIN))
        assert "Makes editors ends 21 Nov 2026, 10:00 UTC · by Ada Finch" in drawn

    def test_without_its_secret_it_says_why(self):
        drawn = words(invitation_list.links([waiting()], ORIGIN))
        assert "shown to those who may give this role" in drawn

    def test_the_newest_is_open_alone(self):
        drawn = json.dumps(as_json(invitation_list.links([waiting(written="a"), waiting(id=8, written="b")], ORIGIN)))
        assert (drawn.count('"open": true'), drawn.count('"open": false')) == (1, 1)

    def test_none_is_nothing(self):
        assert invitation_list.links([], ORIGIN) is None


class TestWaitedFor:
    def test_it_says_who_as_what_and_until_when(self):
        drawn = words(invitation_list.waited_for([waiting(email="bob@example.edu", is_from_roster=True)]))
        assert "bob@example.edu Editor · by Ada Finch · from the roster · ends 21 Nov 2026" in drawn

    def test_what_nobody_is_named_for_and_never_ends_says_less(self):
        drawn = words(invitation_list.waited_for([waiting(email="bob@example.edu", made_by_name="", ends_at=None)]))
        assert "bob@example.edu Editor Withdraw" in drawn


class TestAnswers:
    @pytest.mark.parametrize("outcome", Outcome)
    def test_every_outcome_is_a_sentence_about_the_address(self, outcome):
        drawn = words(invitation_list.answers([Invited("bob@example.edu", outcome, Role.EDITOR)]))
        assert drawn.startswith("bob@example.edu")
        assert "an editor" in drawn
        assert drawn.endswith(".")

    def test_every_outcome_has_words(self):
        assert set(SAID) == set(Outcome)

    def test_a_refusal_says_why_and_what_to_do(self):
        drawn = words(
            invitation_list.answers([Refused("bob", Invalid("'bob' is no address.", hint="Write it whole."))])
        )
        assert drawn == "'bob' is no address. Write it whole."

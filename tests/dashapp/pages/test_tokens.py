"""One's own tokens: made and shown once, with commands that work; listed; revoked."""

from __future__ import annotations

import re
import shlex

import pytest

import context
from dashapp.components.token_list import EXAMPLE_ID, TOKEN_ID, revoke_id
from dashapp.pages.tokens import Ids
from domain.channels import Visibility
from domain.tokens import Life, Scope, is_well_formed, new_token
from models import tokens
from models.tokens import TokenShown
from tests.builders import make_channel
from tests.lab import Lab
from tests.people import acting, make_member, make_person, sign_in
from tests.tab import Tab


@pytest.fixture
def tab(lab, ada) -> Tab:
    return Tab(sign_in(lab.client, lab.store, ada, context.now()), "/account/tokens")


def listed(lab: Lab, person) -> list[TokenShown]:
    return lab.store.ask(tokens.list_of, acting(person, at=context.now()))


def make(tab: Tab, *, name: str = "Notebook", reads: bool = True, writes: bool = False, life: Life = Life.DAY_7) -> str:
    """Fill in the form and press; the token as the page shows it, or nothing."""
    for part, value in ((Ids.NAME, name), (Ids.READ, reads), (Ids.WRITE, writes), (Ids.LIFE, life.word)):
        tab.change(part, "value", value)
    tab.press(Ids.MAKE)
    return shown(tab, TOKEN_ID) if TOKEN_ID in tab.ids() else ""


def shown(tab: Tab, code_id: str) -> str:
    return tab.prop(code_id)["props"]["children"]


def typed(lab: Lab, command: str) -> int:
    """The status with which the app answers a curl command."""
    words = iter(shlex.split(command.replace("\\\n", ""))[1:])  # a shell reads on over the end of such a line
    headers, data, address = {}, None, ""
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = next(words)
        else:
            address = word.removeprefix("http://localhost")
    form = {"data": data, "content_type": "application/x-www-form-urlencoded"} if data else {}
    return lab.client.open(address, method="POST" if data else "GET", headers=headers, **form).status_code


class TestMaking:
    def test_it_is_shown_once(self, lab, ada, tab):
        written = make(tab)
        assert is_well_formed(written)
        again = Tab(tab.client, "/account/tokens")
        assert "Notebook" in again.words
        assert not any(written in answer for answer in again.answers)

    def test_it_is_what_was_asked_for(self, lab, ada, tab):
        make(tab, name=" Class  logger ", writes=True, life=Life.DAY_90)
        made = listed(lab, ada)[0]
        assert (made.name, made.scopes, made.ends_at - made.created_at) == (
            "Class logger",
            {Scope.READ, Scope.WRITE},
            Life.DAY_90.length,
        )
        assert "Class logger read write ends in 90 d" in tab.words

    @pytest.mark.parametrize(("reads", "writes"), [(True, False), (False, True), (True, True)])
    def test_its_commands_work(self, lab, ada, tab, reads, writes):
        make_channel(lab.store, "Somebody else's", visibility=Visibility.PUBLIC)
        make_member(lab.store, make_channel(lab.store, "Mine", visibility=Visibility.MEMBERS).id, ada)
        make(tab, reads=reads, writes=writes)
        commands = shown(tab, EXAMPLE_ID).split("\n\n")
        assert [typed(lab, command) for command in commands] == [201] * writes + [200] * reads

    def test_without_a_channel_a_word_stands_for_it(self, tab):
        make(tab)
        assert "/channels/NUMBER/readings" in shown(tab, EXAMPLE_ID)

    @pytest.mark.parametrize(("wrong", "says"), [({"name": " "}, "needs a name"), ({"reads": False}, "may do nothing")])
    def test_what_is_missing_is_said(self, lab, ada, tab, wrong, says):
        assert make(tab, **wrong) == ""
        assert says in tab.words
        assert listed(lab, ada) == []

    def test_a_life_that_is_no_choice_is_30_days(self, lab, ada, tab):
        tab.change(Ids.NAME, "value", "Notebook")
        tab.change(Ids.LIFE, "value", "forever")
        tab.press(Ids.MAKE)
        assert listed(lab, ada)[0].ends_at - listed(lab, ada)[0].created_at == Life.DAY_30.length


class TestTheList:
    def test_it_is_ones_own(self, lab, tab):
        bea = make_person(lab.store, "Bea Otter")
        told = (acting(bea, at=context.now()), lab.parts.vault, "Hers", [Scope.READ], Life.DAY_7, new_token(min))
        lab.store.tell(tokens.make, *told)
        tab.change(Ids.CHANGED, "data", 1)
        assert "No token yet" in tab.words
        assert "Hers" not in tab.words

    def test_the_last_use_is_told(self, lab, ada, tab):
        written = make(tab)
        lab.client.get("/api/v1/channels/1/readings", headers={"Authorization": f"Bearer {written}"})
        lab.parts.uses.write_down()
        tab.change(Ids.CHANGED, "data", 1)
        assert re.search(r"Used \d s ago · from 127\.0\.0\.1", tab.words)


class TestRevoking:
    def test_it_ends_and_stays_listed(self, lab, ada, tab):
        written = make(tab)
        tab.press(revoke_id(listed(lab, ada)[0].id))
        answer = lab.client.get("/api/v1/channels/1/readings", headers={"X-API-Key": written})
        assert answer.status_code == 401
        assert re.search(r"Notebook read revoked \d+ \w+ \d+", tab.words)

    def test_the_token_shown_goes_with_it(self, lab, ada, tab):
        written = make(tab)
        tab.press(revoke_id(listed(lab, ada)[0].id))
        assert written not in tab.words

    def test_drawing_the_buttons_presses_none(self, lab, ada, tab):
        make(tab)
        Tab(tab.client, "/account/tokens")
        assert listed(lab, ada)[0].revoked_at is None


class TestWhoSees:
    def test_a_visitor_is_led_to_sign_in(self, lab):
        assert lab.client.get("/account/tokens").location.startswith("/sign-in?next=")

"""The audit log as admins see it, and as it does not exist for anybody else."""

from __future__ import annotations

import re

import pytest

import context
from dashapp.components.audit_log import PICTURES, picture_of
from dashapp.pages.audit import AT_ONCE, Ids
from domain.audit import Actor, Deed
from domain.roles import Viewer
from models import audit
from tests.builders import NOW, make_channel
from tests.lab import opened_lab
from tests.people import acting, make_person, sign_in
from tests.tab import Tab

ADMIN = "root@example.edu"
DAY = 86_400_000_000


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu", ADMINS=ADMIN) as lab:
        yield lab


@pytest.fixture
def opened(lab):
    """A function that opens the log for a person, by default an admin."""

    def open_log(person=None) -> Tab:
        person = person or make_person(lab.store, "Grace Root", email=ADMIN)
        return Tab(sign_in(lab.client, lab.store, person, context.now()), "/audit")

    return open_log


def do(lab, person, deed: Deed, at: int = NOW, **more) -> None:
    lab.store.tell(audit.note, acting(person, at=at), deed, **more)


class TestTheLog:
    def test_it_says_who_did_what_when_and_from_where(self, lab, ada, opened):
        channel, ben = make_channel(lab.store, "Kiln"), make_person(lab.store, "Ben Otter")
        do(lab, ada, Deed.MEMBER_CHANGED, channel_id=channel.id, about_person_id=ben.id, role="editor")
        said = opened().words
        assert (
            "Friday 20 November 2026 10:00:00 Member changed Ada Finch ada.finch@example.edu Kiln "
            "Ben Otter ben.otter@example.edu role: editor 127.0.0.1"
        ) in said

    def test_each_day_has_its_heading_once(self, lab, ada, opened):
        for at in (NOW - DAY, NOW - 2, NOW):
            do(lab, ada, Deed.SIGNED_IN, at)
        said = opened().words
        assert said.count("Friday 20 November 2026") == said.count("Thursday 19 November 2026") == 1

    def test_the_command_line_a_visitor_and_somebody_erased_have_words(self, lab, opened):
        for viewer, address in ((Viewer.visitor(), ""), (Viewer.visitor(), "192.0.2.7"), (Viewer.person(777), "::1")):
            lab.store.tell(audit.note, Actor(viewer, address, NOW), Deed.CHANNEL_MADE, channel_id=4711)
        said = opened().words
        for words in ("The command line", "Somebody not signed in", "Somebody erased (person 777)"):
            assert words in said
        assert said.count("Channel 4711 (gone)") == 3

    def test_an_empty_log_says_so(self, opened):
        tab = opened()
        assert "No such entry" in tab.words
        assert tab.prop(Ids.MORE, "hidden")

    def test_words_of_people_stay_words(self, lab, ada, opened):
        channel = make_channel(lab.store, "<b>Kiln</b>")
        do(lab, ada, Deed.KEY_MADE, channel_id=channel.id, name="[x](javascript:1)")
        assert "<b>Kiln</b> name: [x](javascript:1)" in opened().words

    @pytest.mark.parametrize("deed", Deed)
    def test_every_deed_has_a_picture(self, deed):
        assert picture_of(deed) in PICTURES.values()


class TestLookingForSomething:
    @pytest.fixture
    def tab(self, lab, ada, opened):
        ben, self.channel = make_person(lab.store, "Ben Otter"), make_channel(lab.store, "Kiln")
        do(lab, ada, Deed.SIGNED_IN)
        do(lab, ada, Deed.KEY_MADE, channel_id=self.channel.id)
        do(lab, ben, Deed.SIGNED_OUT)
        return opened()

    @pytest.mark.parametrize(
        ("where", "what", "found"),
        [
            (Ids.DEED, "signed out", {"Signed out"}),
            (Ids.DEED, "any", {"Signed in", "Key made", "Signed out"}),
            (Ids.PERSON, " Ada.Finch@example.edu", {"Signed in", "Key made"}),
            (Ids.PERSON, "1", {"Signed in", "Key made"}),
            (Ids.PERSON, "nobody@example.edu", set()),
            (Ids.CHANNEL, "1", {"Key made"}),
            (Ids.CHANNEL, "99", set()),
        ],
    )
    def test_it_shows_only_that(self, tab, where, what, found):
        tab.change(where, "value", what)
        drawn = {
            str(item["props"]["children"][1]["props"]["children"][1])
            for item in as_list(tab.prop(Ids.LOG))
            if item["props"]["className"] == "lf-log-item"
        }
        assert drawn == found

    @pytest.mark.parametrize(("where", "what"), [(Ids.PERSON, "ada"), (Ids.CHANNEL, "Kiln"), (Ids.CHANNEL, "9" * 20)])
    def test_what_cannot_be_looked_for_is_said_and_the_log_stays(self, tab, where, what):
        before = tab.prop(Ids.LOG)
        tab.change(where, "value", what)
        assert tab.prop(Ids.NONE)
        assert tab.prop(Ids.LOG) == before


class TestOlder:
    def test_older_entries_come_after_the_ones_shown_without_gap_or_double(self, lab, ada, opened):
        for number in range(AT_ONCE + 7):
            do(lab, ada, Deed.KEY_MADE, NOW - number * 10_000_000, name=f"number {number} of all")
        tab = opened()
        assert not tab.prop(Ids.MORE, "hidden")
        tab.press(Ids.OLDER)
        assert tab.prop(Ids.MORE, "hidden")
        shown = [int(number) for number in re.findall(r"number (\d+) of all", tab.words)]
        assert shown == list(reversed(range(AT_ONCE + 7)))

    def test_a_day_that_goes_on_has_no_second_heading(self, lab, ada, opened):
        for _ in range(AT_ONCE + 1):
            do(lab, ada, Deed.KEY_MADE)
        tab = opened()
        tab.press(Ids.OLDER)
        assert tab.words.count("Friday 20 November 2026") == 1


class TestWhoMayRead:
    def test_for_who_is_no_admin_the_page_does_not_exist(self, lab, ada, opened):
        do(lab, make_person(lab.store, "Ben Otter"), Deed.KEY_MADE, name="canary")
        tab = opened(ada)
        assert tab.status == 404
        assert "nothing here" in tab.words
        assert re.findall(r"ben\.otter|canary", "".join(tab.answers)) == []

    def test_a_visitor_is_asked_to_sign_in(self, lab):
        assert lab.client.get("/audit").status_code in (302, 303)


def as_list(children) -> list:
    return children if isinstance(children, list) else [children]

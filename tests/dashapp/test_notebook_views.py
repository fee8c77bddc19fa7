"""Code that reads what is shown: the address that the export's link has, and the key for those alone who may see it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from dashapp.components.export_button import open_id
from dashapp.components.export_panel import Ids as Export
from dashapp.components.notebooks import KEY_PLACEHOLDER, part_id
from dashapp.notebook_views import CODE, EXPORT
from domain.notebooks import NOTEBOOKS
from domain.roles import Right, Role
from domain.timespan import SECOND
from models.schema import membership
from tests.builders import append, entry, reread
from tests.lab import Lab, opened_lab
from tests.people import make_member, make_person, sign_in
from tests.tab import Tab

IN_DRAWER, LANGUAGE, SOURCE = (part_id(name, EXPORT) for name in ("code", "language", "source"))
ON_PAGE = part_id("code", CODE)


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab):
    """Of a channel of its members alone, with a reading and a read key."""
    made = lab.enrol(name="Otter kiln", feeds=("temperature:°C", "door:text"), visibility="members")
    append(lab.store, made.channel, entry(context.now() - 60 * SECOND, temperature=21.5, door="open"))
    return made


@pytest.fixture
def read_key(lab, board) -> str:
    return lab.make_key(board.channel_id, Right.READ)


def tab_of(lab, board, role: Role, address: str) -> Tab:
    person = make_person(lab.store, "Ada Finch")
    make_member(lab.store, board.channel_id, person, role)
    client = sign_in(lab.client, lab.store, person, context.now())
    return Tab(client, f"/channels/{board.channel_id}{address}")


def drawer(lab, board, role: Role = Role.OWNER, query: str = "") -> Tab:
    tab = tab_of(lab, board, role, query)
    tab.press(open_id("tools"))
    return tab


def code(tab: Tab, part=IN_DRAWER) -> str:
    return str(tab.prop(part))


class TestBelowTheLink:
    @pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.slug)
    def test_each_reads_what_the_link_leads_to(self, lab, board, read_key, notebook):
        tab = drawer(lab, board, query="?from=now-1h&zone=Europe/Berlin")
        tab.change(LANGUAGE, "value", notebook.slug)
        assert "/download.csv?from=now-1h&zone=Europe/Berlin" in code(tab)
        assert read_key in code(tab)

    def test_it_follows_what_is_chosen(self, lab, board, read_key):
        tab = drawer(lab, board)
        tab.change(Export.SHAPE, "value", "tidy")
        tab.change(Export.FEEDS, "value", ["door"])
        assert "feeds=door&shape=tidy" in code(tab)

    def test_a_choice_that_is_no_file_leaves_it_as_it_is(self, lab, board, read_key):
        tab = drawer(lab, board)
        before = code(tab)
        tab.change(Export.FEEDS, "value", [])
        assert code(tab) == before

    def test_whoever_sees_no_keys_is_told_what_to_put_there(self, lab, board, read_key):
        tab = drawer(lab, board, Role.VIEWER)
        assert KEY_PLACEHOLDER in code(tab)
        assert "which one of its owners gives you" in tab.words
        assert read_key not in "".join(tab.answers)

    def test_a_token_is_not_offered_where_it_does_not_work(self, lab, board):
        tab = drawer(lab, board, Role.VIEWER)
        assert "personal token" in code(tab)
        tab.change(LANGUAGE, "value", "sheets")
        assert "personal token" not in code(tab)

    def test_without_a_read_key_it_says_where_one_is_made(self, lab, board):
        assert "which you make on the page" in drawer(lab, board).words

    def test_a_public_channel_needs_no_key(self, lab):
        board = lab.enrol(feeds=("temperature:°C",), visibility="public")
        append(lab.store, reread(lab.store, board.channel), entry(context.now() - SECOND, temperature=1.5))
        tab = Tab(lab.client, f"/channels/{board.channel_id}")
        tab.press(open_id("tools"))
        assert "read_csv" in code(tab)
        assert "KEY" not in code(tab)

    def test_another_channel_written_into_it_is_decided_anew(self, lab, board, read_key):
        hidden = lab.enrol(visibility="members")
        key = lab.make_key(hidden.channel_id, Right.READ)
        tab = drawer(lab, board)
        tab.change(SOURCE, "data", {**tab.prop(SOURCE, "data"), "channel": hidden.channel_id})
        assert key not in "".join(tab.answers)

    def test_a_right_that_has_ended_gives_nothing(self, lab, board, read_key):
        tab = drawer(lab, board)
        lab.store.tell(lambda connection: connection.execute(membership.delete()))
        tab.change(LANGUAGE, "value", "r")
        assert read_key not in tab.answers[-1]


class TestOnThePageOfCode:
    def test_it_reads_the_last_day(self, lab, board, read_key):
        tab = tab_of(lab, board, Role.EDITOR, "/code")
        assert f"/api/v1/channels/{board.channel_id}/download.csv?from=now-1d" in code(tab, ON_PAGE)
        assert read_key in code(tab, ON_PAGE)

    @pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.slug)
    def test_each_can_be_chosen(self, lab, board, read_key, notebook):
        tab = tab_of(lab, board, Role.OWNER, "/code")
        tab.change(part_id("language", CODE), "value", notebook.slug)
        assert read_key in code(tab, ON_PAGE)

    def test_everything_has_no_beginning(self, lab, board):
        tab = tab_of(lab, board, Role.OWNER, "/code")
        tab.change(part_id("range", CODE), "value", "first")
        assert "download.csv" in code(tab, ON_PAGE)
        assert "from=" not in code(tab, ON_PAGE)

    def test_a_range_that_is_not_offered_is_the_usual_one(self, lab, board):
        tab = tab_of(lab, board, Role.OWNER, "/code")
        tab.change(part_id("range", CODE), "value", "now-7y")
        assert "from=now-1d" in code(tab, ON_PAGE)

    def test_a_viewer_is_shown_none(self, lab, board, read_key):
        tab = tab_of(lab, board, Role.VIEWER, "/code")
        assert read_key not in "".join(tab.answers)
        assert "download.csv" not in "".join(tab.answers)

from __future__ import annotations

import pytest

from dashapp.components.channel_tabs import channel_tabs, has_tabs, live_tabs
from domain.roles import ALLOWED, Act, Standing
from tests.dashapp.shapes import as_json, texts


def acts_of(standing: Standing) -> frozenset[Act]:
    return frozenset({Act.SEE} | {act for act in Act if standing in ALLOWED[act]})


class TestChannelTabs:
    @pytest.mark.parametrize(
        ("standing", "expected"),
        [
            (Standing.VISITOR, ["Live"]),
            (Standing.SIGNED_IN, ["Live"]),
            (Standing.VIEWER, ["Live", "Members"]),
            (Standing.EDITOR, ["Live", "Code", "Keys", "Commands", "Import", "Members", "Settings"]),
            (Standing.OWNER, ["Live", "Code", "Keys", "Commands", "Import", "Members", "Settings"]),
            (Standing.STAFF, ["Live", "Members", "Settings"]),
            (Standing.ADMIN, ["Live", "Code", "Keys", "Commands", "Members", "Settings"]),
        ],
    )
    def test_each_stands_only_where_it_may_be_used(self, standing, expected):
        assert texts(as_json(channel_tabs(7, acts_of(standing)))) == expected

    def test_they_lead_to_pages_of_this_channel(self):
        links = as_json(channel_tabs(7, frozenset(Act)))["props"]["children"]
        assert [link["props"]["href"].removeprefix("/channels/7") for link in links] == [
            "",
            "/code",
            "/keys",
            "/commands",
            "/import",
            "/members",
            "/settings",
        ]


class TestLiveTabs:
    @pytest.mark.parametrize(("standing", "shares"), [(Standing.VIEWER, False), (Standing.EDITOR, True)])
    def test_who_may_add_members_is_shown_the_way(self, standing, shares):
        assert ("Invite" in texts(as_json(live_tabs(7, acts_of(standing))))) == shares


class TestHasTabs:
    @pytest.mark.parametrize("standing", [Standing.VISITOR, Standing.SIGNED_IN])
    def test_for_whoever_only_looks_nothing_changes(self, standing):
        assert not has_tabs(acts_of(standing))

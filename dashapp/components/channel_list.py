"""Somebody's own channels as a list, and what lies in their bin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.age import age_text
from dashapp.components.channel_page import SEEN_BY
from dashapp.components.forms import Tone, button, link_button, panel, table
from dashapp.components.icons import icon_class
from dashapp.components.notices import empty_state
from dashapp.components.status import status_chip
from dashapp.components.stored_summary import stored_cell
from domain.channels import Channel
from domain.readings import Feed
from models.deleting import Binned
from models.mine import Mine

HEAD = ("Channel", "Status", "Feeds", "Last heard", "Your role", "Seen by", "Members", "Stored")
MOST_FEEDS_NAMED = 3
NEW = "/mine/new"
JUST_NOW_S = 10.0


def channel_list(found: Sequence[Mine], now: int) -> Component:
    """The channels, or what there will be."""
    if not found:
        return empty_state(
            "broadcast",
            "No channel of yours yet",
            "A channel takes the readings of one board or project; yours, and those you are added to, stand here.",
            link_button("New channel", NEW, "plus-lg", Tone.MAIN),
        )
    rows = [_row(each, now) for each in found]
    classes = ["lf-list-quiet" if each.overview.channel.archived_at else "" for each in found]
    return html.Section(table("My channels", HEAD, rows, row_classes=classes), className="lf-panel lf-mine")


def _row(mine: Mine, now: int) -> list[Any]:
    channel, pulse = mine.overview.channel, mine.overview.pulse
    heard = pulse.last_received_at
    picture, seen_by = SEEN_BY[channel.visibility]
    return [
        _name(channel, mine.course_code),
        status_chip(pulse, now),
        _feeds(channel.feeds),
        "never" if heard is None else _ago(heard, now),
        str(mine.role).capitalize(),
        html.Span(seen_by, className=f"lf-mark {icon_class(picture)}"),
        str(mine.members),
        stored_cell(mine.stored),
    ]


def _name(channel: Channel, course_code: str) -> html.Div:
    belongs = " · ".join(part for part in (course_code, channel.section, channel.team) if part)
    link = dcc.Link(channel.name, href=f"/channels/{channel.slug}", className="lf-mine-name")
    return html.Div([link, *([html.Span(belongs, className="lf-mine-course")] if belongs else [])])


def _feeds(feeds: Sequence[Feed]) -> html.Span:
    if not feeds:
        return html.Span("none yet", className="lf-sub")
    named = ", ".join(feed.label for feed in feeds[:MOST_FEEDS_NAMED])
    more = len(feeds) - MOST_FEEDS_NAMED
    return html.Span(f"{named} +{more}" if more > 0 else named, title=", ".join(feed.label for feed in feeds))


def restore_id(channel_id: Any) -> dict[str, Any]:
    """The id of the button that takes a channel out of the bin."""
    return {"bin": "restore", "of": channel_id}


def bin_list(found: Sequence[Binned], now: int) -> list[Component]:
    """What lies in the bin; nothing where it is empty."""
    if not found:
        return []
    rows = [
        [
            html.Div(
                [
                    html.Span(each.name),
                    *([] if each.is_own else [html.Span("of somebody else", className="lf-mine-course")]),
                ]
            ),
            _ago(each.deleted_at, now),
            _days(each.days_left(now)),
            html.Div(
                button(restore_id(each.id), "Restore", "arrow-counterclockwise", is_small=True), className="lf-actions"
            ),
        ]
        for each in found
    ]
    listed = table("Bin", ("Channel", "Deleted", "Gone for good", ""), rows)
    return [panel("Bin", listed, note="Whatever is deleted stays here for 30 days, with all its readings and keys.")]


def _ago(at: int, now: int) -> str:
    passed_s = (now - at) / 1e6
    return "just now" if passed_s < JUST_NOW_S else age_text(passed_s)


def _days(left: int) -> str:
    return f"in {left} day{'' if left == 1 else 's'}"

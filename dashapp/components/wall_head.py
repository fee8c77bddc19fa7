"""The wall's head: which channels are shown, what narrows them, how much comes in, and the ways between its pages."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from domain.units import format_number
from domain.wall_selection import Show, WallSelection

FILTERS = {
    Show.ALL: "All",
    Show.MINE: "Mine",
    Show.STARRED: "Starred",
    Show.ATTENTION: "Needs attention",
}
NEAR = 2
"""How many pages before and after the open one are named."""


def filters(selection: WallSelection, tags: Sequence[str], *, is_signed_in: bool) -> list[Component]:
    """What may be chosen: whose channels, and with which tag."""
    shows = [show for show in Show if is_signed_in or not show.is_personal or show is selection.show]
    nav = html.Nav(
        [_filter(show, selection) for show in shows], className="lf-filters", **aria(label="Which channels are shown")
    )
    return [nav, *([_tag_menu(selection, tags)] if tags else [])]


def _filter(show: Show, selection: WallSelection) -> dcc.Link:
    is_on = show is selection.show
    words: list[Component | str] = [FILTERS[show]]
    if show is Show.ATTENTION:  # on a phone it is one word
        words = [html.Span("Needs ", className="lf-needs"), html.Span("attention", className="lf-attention")]
    if is_on:
        words.append(html.Span(" (shown)", className="visually-hidden"))
    return dcc.Link(
        words, href=selection.but(show=show).address, className=f"lf-filter {'lf-filter-on' if is_on else ''}".strip()
    )


def _tag_menu(selection: WallSelection, tags: Sequence[str]) -> dbc.DropdownMenu:
    items = [
        dbc.DropdownMenuItem(
            tag, href=selection.but(tag=tag).address, active=tag == selection.tag, class_name="lf-menu-item"
        )
        for tag in tags
    ]
    return dbc.DropdownMenu(
        items,
        label=[icon("tag"), html.Span("Tag")],
        color="light",
        class_name="lf-menu lf-finder",
        toggle_class_name="lf-button lf-finder-button",
    )


def chips(selection: WallSelection, course: str | None) -> list[dcc.Link]:
    """What narrows the wall besides, each a link that takes it away. `course`: its code, None where it is not known."""
    narrowed = [
        (selection.course_id is not None, course or "One course", selection.but(course_id=None)),
        (bool(selection.tag), f"Tag {selection.tag}", selection.but(tag="")),
        (bool(selection.search), f"“{selection.search}”", selection.but(search="")),
    ]
    return [_chip(words, without) for is_there, words, without in narrowed if is_there]


def _chip(words: str, without: WallSelection) -> dcc.Link:
    parts = [html.Span(words, className="lf-cut"), icon("x-lg"), html.Span(" — remove", className="visually-hidden")]
    return dcc.Link(parts, href=without.address, className="lf-narrowed")


def summary(selection: WallSelection, total: int, window: str) -> str:
    """`24 channels · last 15 minutes`."""
    if not total:
        return window
    count = f"{total} channel{'' if total == 1 else 's'}"
    if selection.show is Show.ATTENTION:
        count += f" need{'s' if total == 1 else ''} attention"
    elif not selection.is_whole:
        count += " found"
    return f"{count} · {window.lower()}"


def rate_text(messages_a_second: float | None) -> str:
    """`41 msg/s`, of little `12 msg/min`; nothing where nothing comes."""
    if not messages_a_second:
        return ""
    if messages_a_second >= 1:
        shown = round(messages_a_second, 1) if messages_a_second < 10 else round(messages_a_second)
        return f"{format_number(shown)} msg/s"
    return f"{max(1, round(60 * messages_a_second))} msg/min"


def pager(selection: WallSelection, page: int, pages: int) -> html.Nav | None:
    """The ways to the other pages; None where there is but one."""
    if pages == 1:
        return None
    named = sorted({1, pages, *range(max(1, page - NEAR), min(pages, page + NEAR) + 1)})
    links: list[Component] = [_step("chevron-left", "Previous page", selection, page - 1, page > 1)]
    for before, number in zip([0, *named], named, strict=False):
        if number - before > 1:
            links.append(html.Span("…", className="lf-page-gap"))
        links.append(_numbered(selection, number, number == page))
    links.append(_step("chevron-right", "Next page", selection, page + 1, page < pages))
    return html.Nav(links, className="lf-pager", **aria(label="Pages of the wall"))


def _numbered(selection: WallSelection, number: int, is_open: bool) -> Component:
    words: list[Component | str] = [html.Span("Page ", className="visually-hidden"), str(number)]
    if is_open:
        return html.Span(words, className="lf-page-link lf-page-open", **aria(current="page"))
    return dcc.Link(words, href=selection.but(page=number).address, className="lf-page-link")


def _step(picture: str, words: str, selection: WallSelection, number: int, is_there: bool) -> Component:
    parts = [icon(picture), html.Span(words, className="visually-hidden")]
    if not is_there:
        return html.Span(parts, className="lf-page-link lf-page-none", **aria(hidden="true"))
    return dcc.Link(parts, href=selection.but(page=number).address, className="lf-page-link", title=words)

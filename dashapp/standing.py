"""Who is there, page by page: the shell says it, the socket goes with it, and what may not be seen any more goes away.

A right can end while its page is open. The process looks for that every other second (`recheck`, a chore), decides anew
what each page may watch, and tells the pages concerned: they ask who is there, and show what a reload would show.
Pages that poll ask each time anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dash import Input, Output, State, ctx, set_props
from flask import Flask, request

import context
from dashapp import addresses, following, shell
from dashapp.addresses import Page
from dashapp.components import navigation, people
from dashapp.components.connection import QUIET
from dashapp.components.navigation import Place
from dashapp.components.notices import not_found
from dashapp.wiring import Wiring
from domain.errors import LabfeedError
from domain.people import Person
from live.dash_socket import current_page, set_props_piece
from live.open_pages import Decision, OpenPages, Standings
from models import courses, standings

PAGE_CONTENT = "_pages_content"
"""Where Dash draws the page of an address."""


@dataclass(frozen=True, slots=True)
class There:
    """Who is looking (None: a visitor), and where they may go besides the wall."""

    person: Person | None
    places: Sequence[Place]


def wiring(pages: Sequence[Page]) -> Wiring:
    """The callbacks that know of all pages."""
    wire = Wiring(open_to_visitors=True)

    @wire(
        Output(shell.Ids.MENU, "label"),
        Output(shell.Ids.PERSON, "children"),
        Output(shell.Ids.WAY_IN, "children"),
        Output(shell.Ids.PLACES, "children"),
        Output(shell.Ids.WHO, "data"),
        Input(shell.Ids.ADDRESS, "pathname"),
        Input(shell.Ids.ASKED, "data"),
    )
    def say_who(pathname: str, _asked: str | None) -> tuple[Any, ...]:
        found = fetch()
        if ctx.triggered_id == shell.Ids.ASKED:
            show_anew(pages, pathname, found.person)
        return build(found, pathname)

    @wire(
        Input(shell.Ids.WHO, "data"),
        Input(shell.Ids.ADDRESS, "pathname"),
        State(shell.Ids.ASKED, "data"),
        websocket=True,
    )
    def go_along(who: int | None, pathname: str, asked: str | None) -> None:
        if who is not None:
            go_with(who, is_live=_is_live(addresses.page_at(pages, pathname)), may_come_again=asked != again(who))

    return wire


def fetch() -> There:
    person = context.visitor_or_person()
    return There(person, [navigation.WALL] if person is None else _places_of(person))


def build(there: There, pathname: str) -> tuple[Any, ...]:
    """Face, menu, way in and navigation, and the session they are drawn for."""
    person = there.person
    token = request.headers.get("X-CSRFToken", "")  # it was just found good
    return (
        people.face(person),
        people.menu(person, token),
        people.way_in(pathname) if person is None else None,
        navigation.links(there.places),
        following.grounds().number,
    )


def show_anew(pages: Sequence[Page], pathname: str, person: Person | None) -> None:
    """Show what a reload would show: a live page draws itself; elsewhere the way in, where somebody must be signed in,
    and nothing where nothing is any more."""
    page = addresses.page_at(pages, pathname)
    if _is_live(page):
        set_props(page.STALE, {"data": f"rights at {context.now()}"})  # type: ignore[union-attr]
    elif page is not None and person is None and not page.wire.open_to_visitors:
        set_props(shell.Ids.ADDRESS, {"href": people.sign_in_address(pathname)})
    elif not addresses.leads_somewhere(pages, pathname):
        set_props(PAGE_CONTENT, {"children": not_found()})
        set_props(shell.Ids.BEAT, {"className": QUIET})


def _is_live(page: Page | None) -> bool:
    return hasattr(page, "STALE")


def again(who: int) -> str:
    """What the page asks with once its socket was opened anew for this session."""
    return f"again {who}"


def go_with(who: int, *, is_live: bool, may_come_again: bool) -> None:
    """See to it that the socket speaks for whom the page was drawn, and watches nothing that is not on the page.

    A socket that was opened for somebody else is opened anew, but not over and over (`may_come_again`).
    """
    page = current_page()
    if not is_live:
        set_props(shell.Ids.BEAT, {"className": QUIET})
    if page is None:
        return
    whose = following.grounds()
    if who != whose.number:
        if may_come_again:
            page.come_again()
    elif not is_live:
        page.watch_only(context.hub(), [], whose)


def enter(who: int | None) -> None:
    """A page's socket was opened, perhaps anew: note whose it is, and ask who is there if the page was another's."""
    page, whose = current_page(), following.grounds()
    if page is None:
        return
    page.grounds = whose
    if who is not None and who != whose.number:
        set_props(shell.Ids.ASKED, {"data": again(who)})


def recheck(server: Flask, pages: OpenPages, drawn: Sequence[Page], now: Standings) -> None:
    """Decide anew for the open pages whose channels, person or session changed."""
    stale = [page.STALE for page in drawn if _is_live(page)]  # type: ignore[attr-defined]
    pages.recheck(now, server.request_context, partial(_decide, stale))


def _decide(stale: Sequence[dict[str, Any]], channel_ids: Collection[int]) -> Decision:
    """What the page whose socket this is may watch of these channels, and what it is told."""
    whose = following.grounds()
    try:
        seen = context.store().ask(standings.seen, context.viewer(), channel_ids)
    except LabfeedError as refused:
        if refused.status >= 500:
            raise
        seen = {}
    word = {"data": f"changed at {context.now()}"}
    return Decision(whose, seen, _news(), tuple(set_props_piece(each, word) for each in stale))


def _news() -> tuple[bytes, ...]:
    return (set_props_piece(shell.Ids.ASKED, {"data": f"rights at {context.now()}"}),)


def _places_of(person: Person) -> list[Place]:
    college, store = context.college(), context.store()
    places = [navigation.WALL, navigation.MINE]
    found = store.ask(courses.of_person, context.viewer())
    if found or college.may_teach(person):
        places.append(navigation.COURSES)
    if any(each.is_taught for each in found):
        places.append(navigation.EXPORTS)
    if college.is_admin(person):
        places.append(navigation.AUDIT)
    return places

"""What the frames that ThingSpeak's addresses ask for have in common: their callbacks, their states, their ground.

They follow by asking: in another site's frame browsers hold no socket. What they are asked by is their own address with
its key, so a key that ends shows nothing more from the next time on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from dash import Input, Output, State, dcc, html, set_props
from dash.development.base_component import Component
from flask import request

import context
from context import Frames
from dashapp import addresses, shell
from dashapp.components import notices
from dashapp.components.attributes import aria
from dashapp.components.connection import QUIET, beating
from dashapp.components.icons import icon
from dashapp.figures.field_chart import DARK_INK, ink_on
from dashapp.following import RESCUE_MS, Timers, one_at_a_time
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Channel, Visibility
from domain.errors import LabfeedError, NotFound
from domain.frames import WHITE, Wishes

PAGE_CLASS = "lf-page lf-framed"
BEATING_UP_TO_S = 3.0
"""Frames that ask more seldom do not say that they lost the server: the switch would think so each time."""

ASKS_A_REDRAWING = 60
"""After so many questions to which nothing was new a frame is drawn anew: what was corrected or deleted shows then."""

IS_CHART = "is_chart"
"""In a frame's memory: whether a chart stands there, which may be changed instead of drawn anew."""

REFUSED = "The address may be mistyped. A private channel needs its read key in it: &api_key=…"


@dataclass(frozen=True, slots=True)
class Asked:
    """The address of a frame: the number of its channel, then that of a field if it names one, and its query string."""

    numbers: tuple[int, ...]
    query: str

    @property
    def wishes(self) -> Wishes:
        return Wishes.of(self.query)


Changes = dict[str, dict[str, Any]]
"""New properties of parts of a page, by their ids."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands in a frame, and what it has to know when it asks again.

    `changes`: what turns an older chart into this one, so that a reader's zoom stays.
    """

    content: list[Component]
    memory: dict[str, Any]
    changes: Changes = field(default_factory=dict)


Draw = Callable[[Asked], Drawn]
DrawAgain = Callable[[Asked, Mapping[str, Any]], Drawn]


@dataclass(frozen=True, slots=True)
class Frame:
    """A page for frames: the form of its address, and the ids of what it holds in the browser.

    Its callbacks bear the names of the page's own functions that draw. `is_live`: whether it follows where its address
    does not say.
    """

    wire: Wiring
    path: str
    content_id: str
    memory_id: str
    timers: Timers
    is_live: bool = False

    def layout(self, **_address: str) -> html.Div:
        """The skeleton."""
        return html.Div(
            [
                html.Div(html.Div(className="lf-bone lf-bone-frame", **aria(hidden="true")), id=self.content_id),
                dcc.Store(id=self.memory_id, data={}),
                dcc.Interval(id=self.timers.poll_id, disabled=True),
                dcc.Interval(id=self.timers.safety_id, disabled=True),
            ],
            className=PAGE_CLASS,
        )

    def exists(self, pathname: str, question: Callable[[Asked], object]) -> bool:
        """Whether there is something for whoever asks for the page now: whether the question does not raise NotFound.

        What cannot be understood is said on the page.
        """
        try:
            question(self._asked(pathname, request.query_string.decode("utf-8", "replace")))
        except NotFound:
            return False
        except LabfeedError:
            return True
        return True

    def draws(self, draw: Draw) -> Draw:
        """Let this draw the page: what stands there and in its memory; in its place, plainly, why there is nothing."""

        @self.wire(
            Output(self.content_id, "children"),
            Output(self.memory_id, "data"),
            Input(shell.Ids.ADDRESS, "pathname"),
            State(shell.Ids.ADDRESS, "search"),
        )
        @wraps(draw)
        def callback(pathname: str, search: str | None) -> tuple[list[Component], dict[str, Any]]:
            query = search or ""
            begin_to_follow(self.timers, Wishes.of(query), is_usual=self.is_live)
            try:
                drawn = draw(self._asked(pathname, query))
            except NotFound:
                return [refused()], {}
            except LabfeedError as wrong:
                return [failed(wrong)], {}
            return drawn.content, drawn.memory

        return draw

    def draws_again(self, draw: DrawAgain) -> DrawAgain:
        """Let this draw the page each time it asks and there may be news, by the memory of what stands there.

        A right that ended empties the page; what else goes wrong is raised, and leaves it as it is.
        """

        @self.wire(
            Input(self.timers.poll_id, "n_intervals"),
            Input(self.timers.safety_id, "n_intervals"),
            State(shell.Ids.ADDRESS, "pathname"),
            State(shell.Ids.ADDRESS, "search"),
            State(self.memory_id, "data"),
            running=one_at_a_time(self.timers),
            prevent_initial_call=True,
        )
        @wraps(draw)
        def callback(
            asks: int | None, _rescues: int | None, pathname: str, search: str | None, memory: dict[str, Any] | None
        ) -> None:
            query, known = search or "", memory or {}
            beat(Wishes.of(query))
            try:
                asked = self._asked(pathname, query)
                if has_news(frames().channel(query, asked.numbers[0]), known, asks):
                    self._show(draw(asked, known), known)
            except NotFound:
                self._show(Drawn([refused()], {}), known)

        return draw

    def _asked(self, pathname: str, query: str) -> Asked:
        """Raises NotFound."""
        return Asked(tuple(addresses.numbers_in(self.path, pathname)), query)

    def _show(self, drawn: Drawn, known: Mapping[str, Any]) -> None:
        """Set on the page what is new there."""
        stays = bool(drawn.changes and known.get(IS_CHART))
        news = drawn.changes if stays else {self.content_id: {"children": drawn.content}}
        for part_id, props in news.items():
            set_props(part_id, props)
        if drawn.memory != known:
            set_props(self.memory_id, {"data": drawn.memory})


def frames() -> Frames:
    """How addresses of frames are read here."""
    found = context.parts().frames
    if found is None:
        raise NotFound
    return found


def ground(query: str) -> str:
    """The attributes of the page's body: the frame's own ground from the first paint on, with ink that suits it."""
    colour = Wishes.of(query).ground
    theme = "light" if ink_on(colour) == DARK_INK else "dark"
    tokens = f"--lf-page:{colour};--lf-card:{colour}"
    if colour != WHITE:  # what is quieter than the ink may be too quiet on any other ground
        tokens += ";--lf-muted:var(--lf-text);--lf-accent:var(--lf-text)"
        tokens += f";--lf-raised:color-mix(in srgb,var(--lf-text) 12%,{colour})"
    return f' data-bs-theme="{theme}" style="{escape(tokens)}"'


def begin_to_follow(timers: Timers, wishes: Wishes, *, is_usual: bool) -> None:
    """Ask again from now on as often as the address wishes, or never. `is_usual`: whether it does so unless told."""
    is_dynamic = is_usual if wishes.is_dynamic is None else wishes.is_dynamic
    every_ms = round(wishes.refresh_s * 1000)
    set_props(timers.poll_id, {"interval": every_ms, "disabled": not is_dynamic})
    set_props(timers.safety_id, {"interval": max(RESCUE_MS, 2 * every_ms), "disabled": not is_dynamic})
    beat(wishes, is_dynamic=is_dynamic)


def beat(wishes: Wishes, *, is_dynamic: bool = True) -> None:
    is_beating = is_dynamic and wishes.refresh_s <= BEATING_UP_TO_S
    set_props(shell.Ids.BEAT, {"className": beating(context.now()) if is_beating else QUIET})


def state_of(channel: Channel) -> dict[str, Any]:
    """What is another once something came, or the channel was changed."""
    return {"cursor": channel.cursor, "version": channel.version}


def has_news(channel: Channel, memory: Mapping[str, Any], asks: int | None) -> bool:
    """Whether there may be something to draw that is not drawn."""
    is_known = {name: memory.get(name) for name in ("cursor", "version")} == state_of(channel)
    return not is_known or (asks or 0) % ASKS_A_REDRAWING == 0


def zone_or_own(named: ZoneInfo | None) -> ZoneInfo:
    return named or zones.zone_named(context.college_zone())


def style(wishes: Wishes) -> dict[str, str]:
    """The size of what is drawn: as many pixels as are wished for, else all there is."""
    sizes = {"width": wishes.width_px, "height": wishes.height_px}
    return {name: f"{size}px" for name, size in sizes.items() if size is not None}


def way_to(channel: Channel) -> list[Component]:
    """To the channel's own page in a window of its own, where everybody may see that."""
    if channel.visibility is not Visibility.PUBLIC:
        return []
    said = f"Open {channel.name} in Labfeed"
    address = f"{context.origin()}/channels/{channel.slug}"
    named: dict[str, Any] = aria(label=said)
    return [
        html.A(
            icon("box-arrow-up-right"),
            href=address,
            target="_blank",
            rel="noopener",
            title=said,
            className="lf-framed-way",
            **named,
        )
    ]


def refused() -> Component:
    """The same words for what is private and for what is not there."""
    return notices.empty_state("compass", NotFound.title, REFUSED)


def failed(wrong: LabfeedError) -> Component:
    return notices.empty_state("exclamation-triangle", wrong.title, " ".join(filter(None, (wrong.detail, wrong.hint))))


def nothing_yet(channel: Channel) -> Component:
    if not channel.cursor:
        return notices.empty_state("broadcast", "No reading yet", "It appears here with the first one.")
    return notices.empty_state("broadcast", "Nothing to show", "No entry that this address asks for has a value.")

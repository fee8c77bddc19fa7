"""A wall's cards on a screen, a few at a time: what the browser remembers of them, and what the live path does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import context
from dashapp import cards, following
from dashapp.components.card import Drawn
from dashapp.figures.outline import Size
from dashapp.figures.sparkline import ON_SCREEN, on_screen
from dashapp.live_views import LiveView
from dashapp.looks import Look
from dashapp.parts import Memo, cursor_key, memo_id
from dashapp.wall_views import COLLEGE, VISITOR, WallCard, news
from domain.roles import Viewer
from domain.trends import Trend
from live.dash_socket import set_props_piece

PAGE = "kiosk"
CARDS = 6
"""On one page of a screen: three by two can be read from the last row."""
PACE_S = 0.5


@dataclass(frozen=True, slots=True)
class KioskCard(WallCard):
    """A channel as a card on a screen."""

    size: Size = ON_SCREEN

    page: ClassVar[str] = PAGE

    @property
    def room(self) -> Size:
        return self.size

    def tick(self, channel_id: int) -> tuple[bytes, ...]:
        told = LiveView.tick(self, channel_id)
        listed = self.source.wall(self.audience) if self.listed else ""
        if listed == self.listed:
            return told
        return (*told, set_props_piece(memo_id(Memo.STALE, self.page), {"data": news(listed)}))


def audience() -> Viewer:
    """For whom a screen is drawn: for its link, for anybody of the college, or for a visitor."""
    if context.visitor_or_person() is not None:
        return COLLEGE
    kiosk = context.kiosk()
    return VISITOR if kiosk is None else Viewer.at_kiosk(kiosk.id)


def view_of(found: Sequence[Look], drawing: int, listed: str) -> dict[str, Any]:
    """What the page remembers of the cards it shows."""
    channels = [[look.channel_id, look.overview.channel.version] for look in found]
    return {"page": PAGE, "drawing": drawing, "channels": channels, "listed": listed}


def cursors_of(found: Sequence[Look], drawing: int) -> dict[str, int]:
    return {
        cursor_key(_name(look.overview.channel.version, drawing), look.channel_id): look.snapshot.cursor
        for look in found
    }


def shown_in(view: dict[str, Any]) -> list[tuple[int, int]]:
    """(channel id, version) of the cards on the page, as the browser says."""
    return [(int(channel_id), int(version)) for channel_id, version in view.get("channels", [])[:CARDS]]


def drawing_of(view: dict[str, Any]) -> int:
    return int(view.get("drawing", -1))


def drawn(look: Look, trend: Trend | None, drawing: int, place: int, count: int) -> Drawn:
    """A card, the one at that place of so many."""
    return cards.drawn(look, _name(look.overview.channel.version, drawing), trend, on_screen(place, count))


def views(view: dict[str, Any]) -> list[KioskCard]:
    """The page's cards as the live path knows them: those that this viewer may see."""
    versions = dict(shown_in(view))
    if not versions:
        return []
    seen, order = following.visible(versions), list(versions)
    return [
        KioskCard(
            overview.channel.id,
            _name(versions[overview.channel.id], drawing_of(view)),
            versions[overview.channel.id],
            beats=place == 0,
            source=following.source(),
            window_s=PACE_S,
            seen=overview.channel.version,
            audience=audience(),
            listed=str(view.get("listed", "")),
            size=on_screen(order.index(overview.channel.id), len(order)),
        )
        for place, overview in enumerate(seen.values())
    ]


def _name(version: int, drawing: int) -> str:
    return f"{PAGE}-{drawing}-{version}"

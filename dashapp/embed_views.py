"""The encoders of a channel's page, for a page of another name: a chart in another site's frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar

from dashapp.channel_views import ChannelChart, FirstReading, OverlayLine, views_of
from dashapp.live_views import LiveView, Source
from dashapp.showing import Showing
from domain.channels import Overview

PAGE = "embed"


@dataclass(frozen=True, slots=True)
class FramedChart(ChannelChart):
    page: ClassVar[str] = PAGE


@dataclass(frozen=True, slots=True)
class FramedOverlay(OverlayLine):
    page: ClassVar[str] = PAGE


@dataclass(frozen=True, slots=True)
class FramedFirst(FirstReading):
    page: ClassVar[str] = PAGE


FRAMED: Mapping[type[LiveView], type[LiveView]] = {
    ChannelChart: FramedChart,
    OverlayLine: FramedOverlay,
    FirstReading: FramedFirst,
}


def framed_views(showing: Showing, seen: Mapping[int, Overview], source: Source) -> list[LiveView]:
    """What a frame shows; nothing of a range that stands still: there is nobody to count for what comes meanwhile."""
    if not showing.waits and not showing.selection.range.is_live:
        return []
    return [_framed(view) for view in views_of(showing, seen, source)]


def _framed(view: LiveView) -> LiveView:
    known = {each.name: getattr(view, each.name) for each in fields(view)}
    return FRAMED[type(view)](**known)

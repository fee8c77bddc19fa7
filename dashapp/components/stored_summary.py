"""How much is stored, in brief: on a channel's settings, in lists of channels, and for a course."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.forms import link_button, panel, table
from dashapp.components.lens_parts import counted
from dashapp.components.stored_panels import held_words
from domain.channels import Channel
from domain.retention import kept_in_words
from domain.storage import Stored, count_in_words, short_count, size_in_words
from models.storage import Held

HEAD = ("Channel", "Readings", "About", "Kept")


def stored_panel(channel: Channel, stored: Stored, *, may_change: bool) -> html.Section:
    """What a channel holds and for how long; the way to change that for who may."""
    said = html.P(f"{held_words(stored)}. Kept {kept_in_words(channel.keep_days)}.", className="lf-sub")
    way = link_button("Retention and deletion", f"/channels/{channel.slug}/settings/stored", "hdd-stack")
    return panel("Stored readings", said, *([html.Div(way, className="lf-actions")] if may_change else []))


def stored_cell(stored: Stored) -> html.Span:
    """For a narrow column; in full where the pointer rests."""
    if not stored.readings:
        return html.Span("nothing", className="lf-sub")
    words = f"{short_count(stored.readings)} · {size_in_words(stored.size_bytes)}"
    return html.Span(words, title=held_words(stored), className="lf-stored-cell")


def course_storage(held: Sequence[Held]) -> list[Component]:
    """What the channels of a course hold, the largest first, and together."""
    if not held:
        return [html.P("The course has no channel yet.", className="lf-sub")]
    together = sum((each.stored for each in held), Stored())
    rows = [
        [
            dcc.Link(each.name, href=f"/channels/{each.channel_id}", className="lf-course-channel"),
            count_in_words(each.stored.readings),
            size_in_words(each.stored.size_bytes),
            kept_in_words(each.keep_days),
        ]
        for each in held
    ]
    said = f"{held_words(together)}, in {counted(len(held), 'channel')}."
    return [html.P(html.Strong(said), className="lf-stored-sum"), table("Storage by channel", HEAD, rows)]

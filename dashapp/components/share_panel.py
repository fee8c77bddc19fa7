"""Ways to pass on what one sees: the link with all that was chosen, a code to scan, a frame for other sites, a picture.

It opens by HTML alone and its texts are links and fields, so a page needs no callback for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.copying import copy_button
from dashapp.components.icons import icon
from dashapp.components.qr import qr_code
from dashapp.figures import timeseries
from domain.channels import Channel, Visibility
from domain.selection import Selection
from domain.snapshots import Form, Theme

FRAME_WIDTH_PX = 640
AROUND_CHART_PX = 240
"""What stands above and below the chart in a frame."""

WHO_SEES = {
    Visibility.PUBLIC: "Everybody who has the link sees it.",
    Visibility.COLLEGE: "Whoever signs in with a college account sees it.",
    Visibility.MEMBERS: "Only the channel's members see it.",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What is passed on: a channel as a selection shows it, at the server that people reach at `origin`.

    `may_be_framed`: whether this server lets any other site show its charts.
    """

    channel: Channel
    selection: Selection
    origin: str
    may_be_framed: bool

    @property
    def link(self) -> str:
        """The channel's page, showing the same."""
        return f"{self.origin}/channels/{self.channel.slug}{self.selection.query}"

    @property
    def frame(self) -> str:
        """HTML that shows the live chart in a page of another site."""
        address = escape(f"{self.origin}/embed/{self.channel.slug}{self.selection.query}")
        title, size = escape(self.channel.name), f'width="{FRAME_WIDTH_PX}" height="{self._frame_height_px}"'
        return f'<iframe src="{address}" title="{title}" {size} style="border:0"></iframe>'

    @property
    def _frame_height_px(self) -> int:
        """So tall that nothing of the chart is hidden."""
        shown = [feed for feed in self.channel.feeds if not feed.is_hidden and feed.name not in self.selection.hidden]
        return AROUND_CHART_PX + timeseries.height_px(shown)

    def picture(self, form: Form, theme: Theme = Theme.LIGHT) -> str:
        """The address of the chart as a picture."""
        query = self.selection.query
        if theme is not Theme.LIGHT:
            query = f"{query}&theme={theme}" if query else f"?theme={theme}"
        return f"/channels/{self.channel.slug}/snapshot.{form}{query}"


def share_frame(frame_id: str, button_id: str, panel_id: str) -> html.Details:
    """A button that opens the panel; what it holds is made when somebody opens it."""
    words = [icon("share"), html.Span("Share")]
    button = html.Summary(words, id=button_id, n_clicks=0, className="btn lf-button lf-share-button")
    return html.Details([button, html.Div(id=panel_id, className="lf-share-panel")], id=frame_id, className="lf-share")


def share_panel(shared: Shared) -> list[Component]:
    """What the panel holds."""
    moves = shared.selection.range.is_live
    words = f"{WHO_SEES[shared.channel.visibility]} It shows {'what is new then' if moves else 'this very range'}."
    return [
        _part("Link", _to_copy("link", "Link to this view", shared.link), html.P(words, className="lf-hint")),
        _scan(shared),
        _part("Picture", html.Div(_pictures(shared), className="lf-share-pictures")),
        _part("On another site", *_frame(shared)),
    ]


def _part(title: str, *children: Component) -> html.Section:
    return html.Section([html.H3(title), *children], className="lf-share-part")


def _to_copy(what: str, label: str, text: str) -> html.Div:
    """A field whose text is copied by one press, or by hand."""
    shown_id = {"share": what}
    shown: Any = dbc.Input(id=shown_id, value=text, readonly=True, class_name="lf-input lf-mono")
    named = dbc.Label(label, html_for=stringify_id(shown_id), class_name="visually-hidden")
    return html.Div([named, shown, copy_button(f"the {what}", content=text)], className="lf-share-field")


def _scan(shared: Shared) -> html.Details:
    summary = html.Summary([icon("qr-code"), html.Span("QR code")])
    return html.Details([summary, qr_code(shared.link)], className="lf-share-code")


def _pictures(shared: Shared) -> list[Component]:
    return [
        html.A(
            [icon("image"), html.Span(f"{str(form).upper()}, {theme}")],
            href=shared.picture(form, theme),
            target="_blank",
            className="btn lf-button lf-button-small",
            **aria(label=f"{str(form).upper()} picture, {theme}, in a new tab"),
        )
        for form in (Form.PNG, Form.SVG)
        for theme in Theme
    ]


def _frame(shared: Shared) -> list[Component]:
    """The frame's code, or why there is none."""
    if shared.channel.visibility is not Visibility.PUBLIC:
        return [html.P("Only a public channel can be shown on other sites.", className="lf-hint")]
    if not shared.may_be_framed:
        return [
            html.P(
                "This server lets no other site show its charts. Whoever runs it can name the sites that may.",
                className="lf-hint",
            )
        ]
    hint = html.P("On sites that this server knows, this shows the chart live.", className="lf-hint")
    return [_to_copy("frame", "HTML for another site", shared.frame), hint]

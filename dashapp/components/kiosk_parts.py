"""What stands around the cards of a screen: its title, how far it has turned, and the buttons to turn it by hand."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.forms import Tone, button, link_button
from dashapp.components.icons import icon
from dashapp.components.notices import empty_state

MOST_DOTS = 20


def title(words: str) -> list[Component]:
    return [html.Span(className="lf-logo"), html.H1(words, className="lf-cut")]


def head(words: str, total: int, place: int, pages: int) -> list[Component]:
    """The title, how many channels there are, and a dot for each page."""
    told = [html.P(f"{total} channel{'' if total == 1 else 's'}", className="lf-sub")] if total else []
    return [*title(words), *told, *([_dots(place, pages)] if pages > 1 else [])]


def _dots(place: int, pages: int) -> Component:
    said = f"Page {place + 1} of {pages}"
    if pages > MOST_DOTS:
        return html.P(said, className="lf-sub lf-pages")
    dots = [html.Span(className="lf-dot lf-dot-here" if each == place else "lf-dot") for each in range(pages)]
    return html.Div(dots, className="lf-dots", role="img", title=said, **aria(label=said))


def turning(back_id: str, pause_id: str, on_id: str) -> html.Div:
    """The buttons: back, pause, on."""
    return html.Div(
        [
            button(back_id, "Back", "chevron-left", title="Page before"),
            button(pause_id, "Pause", "pause-fill"),
            button(on_id, "On", "chevron-right", title="Next page"),
        ],
        className="lf-kiosk-turning",
        role="group",
        **aria(label="Turn the page"),
    )


def pause_words(*, rests: bool) -> list[Component]:
    """What the middle button says."""
    return [icon("play-fill"), html.Span("Go on")] if rests else [icon("pause-fill"), html.Span("Pause")]


def nothing() -> html.Section:
    return empty_state(
        "grid", "No channel here yet", "Channels that the college may see appear here by themselves as large cards."
    )


def ended() -> html.Section:
    """For a screen whose link works no longer."""
    return empty_state(
        "display",
        "This screen's link has ended",
        "Whoever teaches the course can make a new one, on the course's page.",
        link_button("To the wall", "/", "grid", Tone.MAIN, is_outside=True),
    )

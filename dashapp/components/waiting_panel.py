"""The panel that waits for a channel's first reading: each attempt as it comes, refused ones with their cure."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.forms import Tone, link_button
from dashapp.components.icons import icon
from dashapp.components.rhythm import door_name
from dashapp.components.values import spoken, value_tile
from dashapp.figures.palette import inks
from dashapp.first_run import Heard, State
from domain.errors import family
from domain.timespan import to_datetime
from models.entries import Arrival
from models.refusals import Attempt

ADVICE_AFTER_S = 20

TITLES = {
    State.WAITING: ("broadcast", "Waiting for your first reading"),
    State.LISTENING: ("broadcast", "Listening for your board"),
    State.TRIED: ("check-circle", "The test reading arrived"),
    State.REFUSED: ("exclamation-triangle-fill", "Refused: the cure is below"),
    State.WORKS: ("check-circle-fill", "It works"),
}

SENTENCES = {
    State.WAITING: "Whatever reaches this channel is shown here at once, also what is refused.",
    State.LISTENING: "Nothing came in the last ten minutes. Whatever reaches this channel is shown here at once.",
    State.TRIED: "The channel works. Now it is your board's turn.",
    State.REFUSED: "The message reached this channel, and nothing of it was stored.",
    State.WORKS: "Your board's readings are stored, and the chart draws them.",
}

CAUSES = (
    (
        "It says 401.",
        "The key has a typo or was revoked: copy the code again. A wrong key names no channel, so nothing shows here.",
    ),
    ("It says 403.", "That is a read key, or the key of another channel."),
    ("It says 404 or 405.", "The address must end in /api/v1/readings, and readings are sent with POST."),
    (
        "No answer, connection refused, -1.",
        "Board and server must be in the same network, and the address in the code must be the server's name or "
        "number there: localhost is the board itself.",
    ),
    ("It waits for Wi-Fi.", "Name and password; most boards speak 2.4 GHz only."),
    ("It says nothing at all.", "The serial monitor's speed is 115200; press the board's reset button."),
)
"""What the board says, and what to do then: of such attempts nothing reaches the channel."""


def title(state: State) -> list[Component]:
    picture, words = TITLES[state]
    return [icon(picture), html.H2(words)]


def panel_class(state: State) -> str:
    return f"lf-panel lf-waiting lf-waiting-{state}"


def clock(state: State, waited_s: float) -> str:
    """How long the page has waited, `0:42`; empty when it waits no more."""
    minutes, seconds = divmod(max(0, int(waited_s)), 60)
    return "" if state is State.WORKS else f"{minutes}:{seconds:02}"


def content(heard: Heard, *, is_late: bool) -> list[Component]:
    """Everything under the title. `is_late`: nothing has come for so long that advice is due."""
    state, attempts = heard.state, heard.attempts
    shown: list[Component] = [html.P(SENTENCES[state], className="lf-sub")]
    if state in (State.WORKS, State.TRIED):
        shown += _live(heard)
    if attempts:
        shown.append(html.Ol([_row(each) for each in attempts], className="lf-attempts", role="list"))
    if is_late and not attempts:
        shown.append(advice())
    return shown


def advice() -> html.Div:
    """What stops a message on its way, by what the board says."""
    parts = [part for said, cure in CAUSES for part in (html.Dt(said), html.Dd(cure))]
    return html.Div([html.H3("Nothing yet. What does your board say?"), html.Dl(parts)], className="lf-advice")


def _live(heard: Heard) -> list[Component]:
    """The newest values, and the way to the chart."""
    palette = inks(heard.channel.feeds)
    values = heard.stored[0].values[:4]
    tiles = [value_tile(feed, point, ink=palette.get(feed.id)) for feed, point in values]
    way = link_button("Open the live page", f"/channels/{heard.channel.slug}", "activity", Tone.MAIN)
    return [html.Div(tiles, className="lf-values lf-waiting-values"), way]


def _row(attempt: Arrival | Attempt) -> html.Li:
    if isinstance(attempt, Arrival):
        said = ", ".join(spoken(feed, point) for feed, point in attempt.values) or "No value"
        more = f" and {attempt.entries - 1} more" if attempt.entries > 1 else ""
        parts: list[Component] = [_when(attempt.at, "Stored", attempt.door), html.Div(said + more)]
        return html.Li([icon("check-circle-fill"), html.Div(parts)], className="lf-attempt lf-attempt-stored")
    times = f"Refused {attempt.count} times" if attempt.count > 1 else "Refused"
    parts = [_when(attempt.at, times, attempt.door, attempt.address), html.Div(attempt.detail)]
    if hint := cure(attempt):
        parts.append(html.Div([html.Strong("Cure: "), hint], className="lf-cure"))
    return html.Li([icon("x-circle-fill"), html.Div(parts)], className="lf-attempt lf-attempt-refused")


def cure(attempt: Attempt) -> str:
    """What helps against a refusal: what was said with it, else what helps against its kind."""
    kind = family().get(attempt.code)
    return attempt.hint or (kind.hint if kind else None) or ""


def _when(at: int, what: str, door: str, address: str = "") -> html.Div:
    came = " ".join(part for part in (door_name(door or None), f"from {address}" if address else "") if part)
    return html.Div(
        " · ".join(part for part in (f"{to_datetime(at):%H:%M:%S} UTC", what, came) if part), className="lf-hint"
    )

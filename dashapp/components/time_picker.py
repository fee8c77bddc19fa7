"""Which time a page shows: its range in words, lengths to choose from, a beginning and an end to write, a zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.ways import way, way_here
from domain import moments, zones
from domain.moments import FIRST, NOW
from domain.selection import Range, Selection
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan

LENGTHS = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 7 * DAY, 30 * DAY)
EVERYTHING = Range(FIRST, NOW)
COLLEGE = "college"
"""The zone of a reader who has chosen none."""


def range_words(range_: Range, span: TimeSpan, zone: ZoneInfo) -> str:
    """`Last 15 minutes`, `Since 8 Mar 2026, 14:05`, `8 Mar 2026, 14:05:30 to 14:20:00`."""
    if range_ == EVERYTHING:
        return "Everything"
    if range_.is_rolling:
        return f"Last {moments.length_in_words(moments.length_from(range_.start.removeprefix('now-')))}"
    if range_.is_live:
        return f"Since {moment_words(span.start, zone)}"
    return _whole_days(span, zone) or _ends(span, zone)


def moment_words(at: int, zone: ZoneInfo) -> str:
    """`8 Mar 2026, 14:05`, with the seconds where there are some."""
    return _written(at, zone, MINUTE if at % MINUTE == 0 else SECOND)


def field_words(written: str, zone: ZoneInfo) -> str:
    """A beginning or an end as it stands in its field: as it was written, an instant by the clocks of the zone."""
    if not written.endswith("Z"):
        return written
    moment = zones.local(moments.instant_from(written, 0, zone), zone)
    return moment.replace(tzinfo=None).isoformat(" ", "milliseconds" if moment.microsecond else "seconds")


def _ends(span: TimeSpan, zone: ZoneInfo) -> str:
    """Both ends, as exactly as the length of the span asks for."""
    is_round = span.start % MINUTE == span.end % MINUTE == 0
    unit = MINUTE if is_round else SECOND if span.length > MINUTE else SECOND // 1000
    first, last = zones.local(span.start, zone).date(), zones.local(span.end, zone).date()
    end = _clock(span.end, zone, unit) if first == last else _written(span.end, zone, unit)
    return f"{_written(span.start, zone, unit)} to {end}"


def _written(at: int, zone: ZoneInfo, unit: int) -> str:
    moment = zones.local(at, zone)
    return f"{moment.day} {moment:%b %Y}, {_clock(at, zone, unit)}"


def _clock(at: int, zone: ZoneInfo, unit: int) -> str:
    """`14:05`, `14:05:30` or `14:05:30.250`."""
    moment = zones.local(at, zone)
    if unit >= MINUTE:
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M:%S}" + ("" if unit >= SECOND else f".{moment.microsecond // 1000:03d}")


def _whole_days(span: TimeSpan, zone: ZoneInfo) -> str:
    """`8 Mar 2026` of a span from midnight to midnight; empty of any other."""
    first, last = zones.local(span.start, zone).date(), zones.local(span.end - 1, zone).date()
    if zones.day(first, zone).start != span.start or zones.day(last, zone).end != span.end:
        return ""
    if first == last:
        return f"{first:%A}, {first.day} {first:%b %Y}"
    return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"


def quick_list(selection: Selection) -> html.Div:
    """Lengths that end now, and everything; each an address."""
    offered = [(f"Last {moments.length_in_words(length)}", Range.last(length)) for length in LENGTHS]
    offered.append(("Everything", EVERYTHING))
    buttons = [
        _choice(words, selection, selection.but(range=range_), ("last", place))
        for place, (words, range_) in enumerate(offered)
    ]
    return html.Div(buttons, className="lf-quick", role="group", **aria(label="Ranges that end now"))


def _choice(words: str, selection: Selection, chosen: Selection, place: tuple[str, int]) -> html.Button:
    return way_here([words], chosen.query, "lf-quick-one", place, is_on=selection.range == chosen.range)


def days_list(selection: Selection, now: int, zone: ZoneInfo) -> html.Div:
    """Whole days of the zone: today up to now, and the days before."""
    today = zones.local(now, zone).date()
    before = zones.local(zones.start_of_day(today, zone) - 1, zone).date()
    days = [("Today", Range(today.isoformat(), NOW)), ("Yesterday", Range(before.isoformat(), before.isoformat()))]
    buttons = [
        _choice(words, selection, selection.over(range_, zone.key), ("day", place))
        for place, (words, range_) in enumerate(days)
    ]
    return html.Div(buttons, className="lf-quick", role="group", **aria(label="Whole days"))


def form(from_id: str, to_id: str, go_id: str, zone_id: str) -> html.Div:
    """Where a beginning, an end and a zone are written; the same on every page, so that the browser keeps the zone."""
    return html.Div(
        [
            _field("From", from_id, "now-2h, a date or a time"),
            _field("To", to_id, "now, a date or a time"),
            dbc.Button("Show", id=go_id, n_clicks=0, class_name="lf-button btn-primary", color=""),
            html.Div(
                [
                    dbc.Label("My zone", html_for=zone_id, class_name="lf-form-label"),
                    dbc.Select(
                        id=zone_id,
                        options=_zone_options(),
                        value=COLLEGE,
                        persistence="zone",
                        persistence_type="local",
                        class_name="lf-select",
                    ),
                ],
                className="lf-time-field lf-time-zone",
            ),
        ],
        className="lf-time-form",
    )


def zone_note(selection: Selection, own: str, zone: ZoneInfo) -> list[Component | str]:
    """In which zone times are written; once on the page."""
    said: list[Component | str] = [f"Times are those of {place(zone.key)}."]
    if selection.zone and selection.zone != own:
        mine = way([f"Show {place(own)} instead"], selection.but(zone=None).query, "lf-zone-own")
        said += [" ", mine]
    return said


def place(zone: str) -> str:
    """A zone as people say it: `America/Los Angeles`."""
    return zone.replace("_", " ")


def _field(words: str, field_id: str, hint: str) -> html.Div:
    return html.Div(
        [
            dbc.Label(words, html_for=field_id, class_name="lf-form-label"),
            dbc.Input(
                id=field_id, type="text", placeholder=hint, class_name="lf-input", n_submit=0, autocomplete="off"
            ),
        ],
        className="lf-time-field",
    )


def _zone_options() -> list[dict[str, str]]:
    usual = [{"label": "The college's", "value": COLLEGE}, {"label": "UTC", "value": zones.WORLD}]
    places = sorted(name for name in zones.names() if name not in {zones.WORLD})
    return usual + [{"label": place(name), "value": name} for name in places]


def picker(time_id: str, words_id: str, quick_id: str, *form_parts: Component) -> html.Details:
    """The button that says the range, and the panel it opens."""
    return html.Details(
        [
            html.Summary(
                [icon("clock-history"), html.Span("Last 15 minutes", id=words_id)],
                className="lf-button lf-time-button",
                title="Which time is shown",
            ),
            html.Div([html.Div(id=quick_id, className="lf-quick-lists"), *form_parts], className="lf-time-panel"),
        ],
        id=time_id,
        className="lf-time",
    )

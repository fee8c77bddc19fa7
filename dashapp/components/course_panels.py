"""The panels of a course's page, as they stand before anything is known of the course."""

from __future__ import annotations

from enum import StrEnum

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.copying import copy_corner
from dashapp.components.forms import Tone, button, choice_field, link_button, panel, text_field
from dashapp.components.icons import icon
from dashapp.components.notices import skeleton_page
from domain.courses import MOST_CODE_CHARS, MOST_TERM_CHARS
from domain.roster_files import MOST_BYTES

AGAIN_MS = 10_000
"""How often the list of channels is drawn again while somebody looks."""


class Ids(StrEnum):
    HEAD = "course-head"
    FRAME = "course-frame"
    NOTHING = "course-nothing"
    VIEWS = "course-views"
    VIEW = "course-view"
    TEAM = "course-team"
    CHANNELS = "course-channels"
    PLACING = "course-placing"
    PLACE_WHICH = "course-place-which"
    PLACE = "course-place"
    ROSTER = "course-roster"
    SUMMARY = "course-summary"
    UPLOAD = "course-upload"
    PREVIEW = "course-preview"
    DECIDE = "course-decide"
    APPLY = "course-apply"
    CANCEL = "course-cancel"
    KEPT = "course-kept"
    EXAMPLE = "course-example"
    TAKE_SAMPLE = "course-take-sample"
    TAKE = "course-take"
    FILE = "course-file"
    HISTORY = "course-history"
    CODE = "course-code"
    NAME = "course-title"
    TERM = "course-term"
    RENAME = "course-rename"
    FAULT = "course-fault"
    ARCHIVE = "course-archive"
    STORED = "course-stored"
    CHANGED = "course-changed"
    AGAIN = "course-again"


class View(StrEnum):
    """What a course's page shows."""

    CHANNELS = "channels"
    ROSTER = "roster"
    COURSE = "course"


VIEWS = {
    View.CHANNELS: ("Channels", "broadcast"),
    View.ROSTER: ("Roster", "people"),
    View.COURSE: ("Settings", "gear"),
}


def skeleton() -> html.Div:
    """Every panel there is; a style sheet shows those of the view that is chosen."""
    views = [
        html.Div([_channels(), _placing()], className="lf-view lf-view-channels"),
        html.Div(_roster_view(), className="lf-view lf-view-roster"),
        html.Div(_course(), className="lf-view lf-view-course"),
    ]
    return html.Div(
        [
            html.Div(skeleton_page(), id=Ids.HEAD),
            html.Div([_view_choice(), *views], id=Ids.FRAME, hidden=True),
            html.Div(id=Ids.NOTHING),
            dcc.Store(id=Ids.KEPT),
            dcc.Store(id=Ids.CHANGED, data=0),
            dcc.Download(id=Ids.FILE),
            dcc.Interval(id=Ids.AGAIN, interval=AGAIN_MS),
        ],
        className="lf-page lf-course",
    )


def _view_choice() -> html.Div:
    """Which view: for staff."""
    options = [
        {"label": [icon(picture), html.Span(words)], "value": str(view)} for view, (words, picture) in VIEWS.items()
    ]
    choice = dbc.RadioItems(
        id=Ids.VIEW,
        options=options,
        value=str(View.CHANNELS),
        class_name="lf-tabs lf-view-choice",
        input_class_name="lf-segment-input",
        label_class_name="lf-tab",
    )
    return html.Div(choice, id=Ids.VIEWS, hidden=True, role="group", **aria(label="What the page shows"))


def _channels() -> html.Div:
    return html.Div([html.Div(id=Ids.TEAM), panel("Channels", html.Div(id=Ids.CHANNELS))])


def _placing() -> html.Div:
    """Putting a channel of one's own into the course."""
    which = choice_field(Ids.PLACE_WHICH, "One of your channels that is in no course", [], "")
    put = html.Div(button(Ids.PLACE, "Add it to this course", "box-arrow-in-down"), className="lf-actions")
    sentence = html.P(
        "The staff of the course will see it, its members among it, and may archive it.", className="lf-sub"
    )
    inside = html.Div([sentence, which, put], className="lf-form")
    return html.Div(panel("Add a channel of yours", inside), id=Ids.PLACING, hidden=True)


def _roster_view() -> list[Component]:
    upload = panel("Upload a roster", _drop(), _help(), note=f"CSV, up to {MOST_BYTES // 1000} kB")
    take = button(Ids.TAKE, "Download", "download", is_small=True)
    roster = html.Section(
        [
            html.Div(
                [html.H2("Roster"), html.Span(id=Ids.SUMMARY, className="lf-panel-note"), take],
                className="lf-panel-head",
            ),
            html.Div(id=Ids.ROSTER),
        ],
        className="lf-panel lf-roster",
    )
    decide = html.Div(
        [button(Ids.APPLY, "Apply", "check-lg", Tone.MAIN), button(Ids.CANCEL, "Cancel")],
        id=Ids.DECIDE,
        className="lf-actions lf-decide",
        hidden=True,
    )
    preview = html.Section([html.Div(id=Ids.PREVIEW), decide], className="lf-panel lf-preview", **aria(live="polite"))
    side = [upload, panel("History", html.Div(id=Ids.HISTORY))]
    return [preview, html.Div([html.Div(side, className="lf-roster-side"), roster], className="lf-roster-parts")]


def _drop() -> dcc.Upload:
    inside = html.Div(
        [
            html.Div(icon("cloud-arrow-up"), className="lf-drop-picture"),
            html.Span("Drag a CSV file here, or"),
            html.Button("choose one", type="button", className="btn lf-button"),
        ],
        className="lf-drop-words",
    )
    return dcc.Upload(
        inside,
        id=Ids.UPLOAD,
        max_size=MOST_BYTES,
        className="lf-drop",
        className_active="lf-drop lf-drop-active",
        className_reject="lf-drop lf-drop-reject",
    )


def _help() -> html.Details:
    return html.Details(
        [
            html.Summary("What the file looks like"),
            html.P(
                "The first row names the columns, in any order; e-mail must be there. An empty role is a student. "
                "Staff stay as they are where the file names none.",
                className="lf-sub",
            ),
            html.Div(
                [
                    html.Pre(html.Code(id=Ids.EXAMPLE), tabIndex="0"),
                    copy_corner("the example", target_id=Ids.EXAMPLE),
                ],
                className="lf-code",
            ),
            html.Div(
                button(Ids.TAKE_SAMPLE, "Download the example", "download", is_small=True), className="lf-actions"
            ),
        ],
        className="lf-roster-help",
    )


def _course() -> list[Component]:
    fields = [
        text_field(Ids.CODE, "Code", most_chars=MOST_CODE_CHARS),
        text_field(Ids.NAME, "Title"),
        text_field(Ids.TERM, "Term", most_chars=MOST_TERM_CHARS),
    ]
    naming = panel(
        "Name",
        html.Div(fields, className="lf-fields lf-course-fields"),
        html.Div(id=Ids.FAULT),
        html.Div(button(Ids.RENAME, "Save", "check-lg", Tone.MAIN), className="lf-actions"),
    )
    archive = panel(
        "Archive",
        html.P(
            "An archived course stands last in everybody's list, and its roster rests. Its channels stay as they are.",
            className="lf-sub lf-said",
        ),
        html.Div(button(Ids.ARCHIVE, "Archive the course", "archive"), className="lf-actions"),
    )
    screens = panel(
        "Screens",
        html.P(
            "A link puts the course's wall on a classroom's projector, where nobody is signed in.",
            className="lf-sub lf-said",
        ),
        html.Div(link_button("Links for screens", "/screens", "display"), className="lf-actions"),
    )
    return [naming, screens, panel("Storage", html.Div(id=Ids.STORED)), archive]

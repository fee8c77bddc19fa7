"""The keys of a channel: each with its right, its last use, and what may be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.attributes import aria
from dashapp.components.confirming import confirmed
from dashapp.components.days import day_text, until_text
from dashapp.components.forms import Tone, button
from dashapp.components.icons import icon
from dashapp.components.secrets_shown import hidden_secret
from domain.keys import Grace
from domain.readings import Door
from domain.roles import Act, Right
from domain.timespan import to_rfc3339
from models.keys import KeyShown

PICTURES = {Right.WRITE: "pencil", Right.READ: "eye"}
MAY = {Right.WRITE: "Boards send with it.", Right.READ: "Programs read with it."}
DOORS = {Door.HTTP: "HTTP", Door.WEBSOCKET: "WebSocket", Door.MQTT: "MQTT", Door.PAGE: "test reading"}


class Press(StrEnum):
    """What a button of the list does to a key."""

    ROTATE = "rotate"
    REVOKE = "revoke"


def press_id(press: Any, of: Any) -> dict[str, Any]:
    """The id of a button: what it does, to which key; `ALL` stands for any."""
    return {"keys": press, "of": of}


def grace_id(of: Any) -> dict[str, Any]:
    """The control that says how long a key still works beside the one that takes its place."""
    return {"grace-of": of}


def used_id(of: Any) -> dict[str, Any]:
    """Where a key's last use is told: brought up to date alone, so that what somebody has opened stays open."""
    return {"used-of": of}


def key_list(keys: Sequence[KeyShown], acts: frozenset[Act], now: int, new_id: int | None = None) -> Component:
    """The keys that work; the one just made is shown open."""
    working = [key for key in keys if key.revoked_at is None]
    if not working:
        return html.P("No key works: boards cannot send, programs cannot read.", className="lf-sub lf-keys-none")
    rows = html.Ul(
        [_key(key, acts, now, is_new=key.id == new_id) for key in working],
        className="lf-keys",
        **aria(label="Keys that work"),
    )
    if Act.CONTRIBUTE in acts:
        return rows
    return html.Div([html.P("The keys themselves are shown to its editors and owners.", className="lf-sub"), rows])


def revoked_list(keys: Sequence[KeyShown]) -> Component:
    """The keys that were revoked lately, behind one line."""
    revoked = [key for key in keys if key.revoked_at is not None]
    if not revoked:
        return html.Div()
    rows = [
        html.Li([html.S(name_of(key)), html.Span(f"{key.right} key, revoked {day_text(key.revoked_at or 0)}")])
        for key in revoked
    ]
    return html.Details(
        [html.Summary(f"{len(revoked)} revoked in the last 30 days"), html.Ul(rows, className="lf-keys-gone")],
        className="lf-keys-past",
    )


def name_of(key: KeyShown) -> str:
    """What a key is called; one without a name by its right."""
    return key.name or f"{str(key.right).capitalize()} key"


def key_used(key: KeyShown, now: int) -> Component:
    """When, by which door and from where the key was last used."""
    door = DOORS.get(Door(key.last_used_door), key.last_used_door) if key.last_used_door else None
    return used_text(key.last_used_at, now, door, f"from {key.last_used_from}" if key.last_used_from else None)


def used_text(at: int | None, now: int, *where: str | None) -> Component:
    """`Used 2 min ago · HTTP · from 10.0.0.7`."""
    if at is None:
        return html.Span("Never used", className="lf-sub")
    words = html.Time(f"Used {ago(at, now)}", dateTime=to_rfc3339(at), title=to_rfc3339(at))
    return html.Span([words, *(f" · {each}" for each in where if each)], className="lf-sub")


def _key(key: KeyShown, acts: frozenset[Act], now: int, *, is_new: bool) -> html.Li:
    facts = [
        html.Span(key_used(key, now), id=used_id(key.id)),
        html.Span(
            f"Made {day_text(key.created_at)}" + (f" by {key.made_by}" if key.made_by else ""), className="lf-sub"
        ),
    ]
    return html.Li(
        [
            html.Div([html.Strong(name_of(key)), *_badges(key, now)], className="lf-key-head"),
            *([_secret(key, is_new=is_new)] if Act.CONTRIBUTE in acts else []),
            html.Div(facts, className="lf-key-facts"),
            *([_actions(key)] if Act.CONTROL in acts else []),
        ],
        className="lf-key lf-key-new" if is_new else "lf-key",
    )


def _badges(key: KeyShown, now: int) -> list[html.Span]:
    right = html.Span([icon(PICTURES[key.right]), str(key.right)], className="lf-badge", title=MAY[key.right])
    if key.ends_at is None:
        return [right]
    ends = html.Span(
        [icon("hourglass-split"), f"ends {until_text(key.ends_at, now)}"],
        className="lf-badge lf-key-ends",
        title=to_rfc3339(key.ends_at),
    )
    return [right, ends]


def _secret(key: KeyShown, *, is_new: bool) -> html.Div:
    if key.written is None:
        why = "Made while the server had another SECRET_KEY, so it works no more. Revoke it and make another."
        shown: list[Component] = [html.Span(why, className="lf-sub")]
    else:
        shown = hidden_secret(key.written, f"the key {name_of(key)}", is_open=is_new)
    return html.Div(shown, className="lf-key-secret")


def _actions(key: KeyShown) -> html.Div:
    sentence = f"Whatever uses “{name_of(key)}” is refused from that moment on. It cannot be undone."
    yes = button(press_id(Press.REVOKE, key.id), "Revoke it now", tone=Tone.DANGER)
    revoke = confirmed("Revoke", sentence, yes)
    rotate = [_rotation(key)] if key.ends_at is None else []
    return html.Div([*rotate, revoke], className="lf-actions lf-key-actions")


def _rotation(key: KeyShown) -> html.Details:
    control_id = grace_id(key.id)
    choices = [{"value": each.word, "label": each.label} for each in Grace]
    chosen = dbc.Select(id=control_id, options=choices, value=Grace.DAY_1.word, class_name="lf-select")
    label = dbc.Label("The old key ends", html_for=stringify_id(control_id), class_name="lf-label-text")
    sentence = "A new key takes its place, with the same name and right. Give it to your board before the old one ends."
    yes = button(press_id(Press.ROTATE, key.id), "Make the new key", "arrow-repeat", Tone.MAIN)
    return html.Details(
        [
            html.Summary("Rotate", className="lf-button lf-button-small"),
            html.Div([html.P(sentence), html.Div([label, chosen], className="lf-field"), yes]),
        ],
        className="lf-confirm lf-rotate",
    )

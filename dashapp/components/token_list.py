"""Personal tokens: one's own as a list, and the one just made with how to use it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.confirming import confirmed
from dashapp.components.days import day_text, until_text
from dashapp.components.first_reading import code_block
from dashapp.components.forms import Tone, button
from dashapp.components.icons import icon
from dashapp.components.key_list import used_text
from dashapp.components.notices import empty_state
from domain.timespan import to_rfc3339
from domain.tokens import Scope
from models.tokens import TokenShown

PICTURES = {Scope.READ: "eye", Scope.WRITE: "pencil", Scope.MANAGE: "gear"}
WORDS = {Scope.READ: "Read", Scope.WRITE: "Send", Scope.MANAGE: "Manage"}
MAY = {
    Scope.READ: "Every channel I may see: its readings and its live stream.",
    Scope.WRITE: "Readings, to the channels that I may edit.",
    Scope.MANAGE: "New channels; settings, keys and readings of those that I own: deleting, too.",
}
TOKEN_ID, EXAMPLE_ID = "token-new", "token-example"


def revoke_id(of: Any) -> dict[str, Any]:
    """The button that ends a token."""
    return {"tokens": "revoke", "of": of}


def token_list(tokens: Sequence[TokenShown], now: int) -> Component:
    """One's tokens: the good ones, then those that ended lately."""
    if not tokens:
        return empty_state("terminal", "No token yet", "With one, a notebook or a script reads or sends in your name.")
    return html.Ul([_token(token, now) for token in tokens], className="lf-keys", **aria(label="Your tokens"))


def new_token(name: str, written: str, scopes: Collection[Scope], origin: str, channel_id: int | None) -> html.Section:
    """The token just made, once, and commands that use it; without a channel to name, NUMBER stands for it."""
    return html.Section(
        [
            html.H2([icon("check-circle-fill"), f"Your token “{name}”"]),
            html.P("Copy it now: it is not shown again. Treat it like a password."),
            code_block(written, TOKEN_ID),
            html.P("Try it in a terminal:"),
            code_block(example(written, scopes, origin, channel_id), EXAMPLE_ID),
        ],
        className="lf-panel lf-token-new",
        **aria(label="New token"),
    )


def example(written: str, scopes: Collection[Scope], origin: str, channel_id: int | None) -> str:
    """Commands for a terminal: send one reading, read the last ones; as far as the token reaches."""
    address = f"{origin}/api/v1/channels/{channel_id or 'NUMBER'}/readings"
    header = f"-H 'Authorization: Bearer {written}'"
    send = [f"curl {address} \\\n  {header} \\\n  -d temperature=21.4"] if Scope.WRITE in scopes else []
    read = [f"curl '{address}?limit=5' \\\n  {header}"] if Scope.READ in scopes or Scope.MANAGE in scopes else []
    return "\n\n".join([*send, *read])


def _token(token: TokenShown, now: int) -> html.Li:
    ended_at = token.revoked_at or (token.ends_at if token.ends_at <= now else None)
    facts = [
        used_text(token.last_used_at, now, f"from {token.last_used_from}" if token.last_used_from else None),
        html.Span(f"Made {day_text(token.created_at)}", className="lf-sub"),
    ]
    return html.Li(
        [
            html.Div([html.Strong(token.name), *_badges(token, ended_at, now)], className="lf-key-head"),
            html.Div(facts, className="lf-key-facts"),
            *([] if ended_at else [html.Div(_revoke(token), className="lf-actions lf-key-actions")]),
        ],
        className="lf-key lf-key-gone" if ended_at else "lf-key",
    )


def _badges(token: TokenShown, ended_at: int | None, now: int) -> list[html.Span]:
    scopes = [
        html.Span([icon(PICTURES[scope]), str(scope)], className="lf-badge", title=MAY[scope])
        for scope in Scope
        if scope in token.scopes
    ]
    if ended_at:
        words = "revoked" if token.revoked_at and token.revoked_at < token.ends_at else "ended"
        return [*scopes, html.Span(f"{words} {day_text(ended_at)}", className="lf-badge")]
    ends = html.Span(f"ends {until_text(token.ends_at, now)}", className="lf-badge", title=to_rfc3339(token.ends_at))
    return [*scopes, ends]


def _revoke(token: TokenShown) -> html.Details:
    sentence = f"The program that uses “{token.name}” is refused from that moment on. It cannot be undone."
    return confirmed("Revoke", sentence, button(revoke_id(token.id), "Revoke it now", tone=Tone.DANGER))

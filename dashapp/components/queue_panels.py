"""The queues of a channel: each with its key, what waits, and what may be done about it. Looks: assets/queues.css."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components import notices
from dashapp.components.age import ago
from dashapp.components.attributes import aria
from dashapp.components.code_blocks import code_blocks
from dashapp.components.confirming import confirmed
from dashapp.components.copying import may_copy
from dashapp.components.forms import Tone, button, choice_field, panel, switch_field, text_field
from dashapp.components.icons import icon
from dashapp.components.key_list import used_text
from dashapp.components.queue_code import KEY_PLACEHOLDER, QueuePlace, code
from dashapp.components.secrets_shown import hidden_secret
from domain.roles import Act
from domain.talkbacks import MOST_CHARS, Command
from models.keys import MOST_NAME_CHARS
from models.talkbacks import QueueShown

NEXT = "first"
PLACES = (("last", "At the end"), (NEXT, "Next of all"))
BLOCKS = 100
"""Numbers for the pieces of code of one queue."""


class Press(StrEnum):
    """What a button does, to a command or to its queue."""

    UP = "up"
    DOWN = "down"
    REMOVE = "remove"
    EMPTY = "empty"
    SAVE = "save"
    RENEW = "renew"
    DROP = "drop"


class Part(StrEnum):
    """Parts of a queue's panel that are read or written by themselves."""

    TEXT = "text"
    WHERE = "where"
    ADD = "add"
    LIST = "list"
    USED = "used"
    NAME = "name"
    LOGGED = "logged"


def part_id(part: Any, of: Any) -> dict[str, Any]:
    """A part of a queue's panel; `ALL` stands for any queue."""
    return {"queue": part, "of": of}


def press_id(press: Any, of: Any, command: Any = 0) -> dict[str, Any]:
    """The id of a button: what it does, in which queue, to which command."""
    return {"queue-press": press, "of": of, "command": command}


def queue_panels(queues: Sequence[QueueShown], acts: frozenset[Act], now: int, origin: str) -> list[html.Section]:
    return [_panel(queue, acts, now, origin) for queue in queues]


def list_mark(queue: QueueShown, acts: frozenset[Act]) -> str:
    """Changes with what `command_list` draws, but for how long ago things were."""
    drawn = [(each.id, each.text) for each in (*queue.waiting, *queue.past)]
    return f"{sorted(acts)} {queue.count} {len(queue.waiting)} {drawn}"


def command_list(queue: QueueShown, acts: frozenset[Act], now: int) -> list[Component]:
    """What waits, in its order, and below it what was handed out last."""
    may = Act.CONTRIBUTE in acts
    rows = [_command(each, queue, now, may=may) for each in queue.waiting]
    shown: list[Component] = (
        [html.Ol(rows, className="lf-commands", **aria(label=f"Commands that wait in {queue.name}"))]
        if rows
        else [html.P("No command waits.", className="lf-sub lf-commands-none")]
    )
    if queue.count > len(queue.waiting):
        shown.append(html.P(f"and {queue.count - len(queue.waiting):,} more.", className="lf-sub"))
    return [*shown, *_past(queue, now)]


def used(queue: QueueShown, now: int) -> Component:
    """When a board asked last, and from where."""
    if queue.last_used_at is None:
        return html.Span("No board has asked yet.", className="lf-sub")
    return used_text(queue.last_used_at, now, f"from {queue.last_used_from}" if queue.last_used_from else None)


def _panel(queue: QueueShown, acts: frozenset[Act], now: int, origin: str) -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(queue.name),
                    html.Span(f"TalkBack {queue.id}", className="lf-badge", title="Its number in addresses"),
                    *([html.Span([icon("journal-text"), "logged"], className="lf-badge")] if queue.is_logged else []),
                    html.Span(used(queue, now), id=part_id(Part.USED, queue.id), className="lf-queue-used"),
                ],
                className="lf-panel-head lf-queue-head",
            ),
            *([_secret(queue)] if Act.CONTRIBUTE in acts else []),
            html.Div(command_list(queue, acts, now), id=part_id(Part.LIST, queue.id)),
            *([_adding(queue)] if Act.CONTRIBUTE in acts else []),
            *([_asking(queue, origin)] if Act.CONTRIBUTE in acts else []),
            *([_settings(queue)] if Act.CONTROL in acts else []),
        ],
        className="lf-panel lf-queue",
    )


def _secret(queue: QueueShown) -> html.Div:
    if queue.written is None:
        why = "Made while the server had another SECRET_KEY, so its key works no more. Give it a new one."
        shown: list[Component] = [html.Span(why, className="lf-sub")]
    else:
        shown = [html.Span("Key", className="lf-label-text"), *hidden_secret(queue.written, f"the key of {queue.name}")]
    return html.Div(shown, className="lf-key-secret")


def _command(command: Command, queue: QueueShown, now: int, *, may: bool) -> html.Li:
    by = f" by {command.added_by}" if command.added_by else ""
    words = html.Div(
        [
            html.Span(command.text, className="lf-mono lf-command-text"),
            html.Small(f"added {ago(command.added_at, now)}{by}", className="lf-sub"),
        ],
        className="lf-command-words",
    )
    return html.Li([words, *([_moves(command, queue)] if may else [])], className="lf-command")


def _moves(command: Command, queue: QueueShown) -> html.Div:
    position = command.position or 0
    return html.Div(
        [
            _small(Press.UP, "arrow-up", "Hand out earlier", command, queue, disabled=position == 1),
            _small(Press.DOWN, "arrow-down", "Hand out later", command, queue, disabled=position == queue.count),
            _small(Press.REMOVE, "x-lg", "Remove", command, queue),
        ],
        className="lf-command-moves",
    )


def _small(press: Press, picture: str, words: str, command: Command, queue: QueueShown, **more: Any) -> html.Button:
    return html.Button(
        icon(picture),
        id=press_id(press, queue.id, command.id),
        n_clicks=0,
        type="button",
        className="btn lf-button lf-button-small lf-button-icon",
        title=words,
        **aria(label=f"{words}: {command.text}"),
        **more,
    )


def _past(queue: QueueShown, now: int) -> list[Component]:
    if not queue.past:
        return []
    told = [
        html.Li([html.Span(each.text, className="lf-mono"), html.Small(ago(each.executed_at or now, now))])
        for each in queue.past
    ]
    return [html.Div([html.H3("Handed out"), html.Ul(told)], className="lf-commands-past")]


def _adding(queue: QueueShown) -> html.Div:
    text = text_field(
        part_id(Part.TEXT, queue.id), "New command", most_chars=MOST_CHARS, placeholder="TURN_ON", n_submit=0
    )
    where = choice_field(part_id(Part.WHERE, queue.id), "Where", PLACES, PLACES[0][0])
    add = button(part_id(Part.ADD, queue.id), "Add", "plus-lg", Tone.MAIN)
    return html.Div([text, where, add], className="lf-command-new")


def _asking(queue: QueueShown, origin: str) -> html.Details:
    place = QueuePlace(origin, queue.id, queue.written or KEY_PLACEHOLDER)
    blocks = code_blocks(code(place), may_copy=may_copy(origin), first=queue.id * BLOCKS)
    return html.Details([html.Summary("How a board asks"), html.Div(blocks)], className="lf-queue-more")


def _settings(queue: QueueShown) -> html.Details:
    name = text_field(part_id(Part.NAME, queue.id), "Name", queue.name, most_chars=MOST_NAME_CHARS)
    hint = "Each command that is handed out becomes an entry of the channel, with the command as its status."
    logged = switch_field(part_id(Part.LOGGED, queue.id), "Log what is handed out", queue.is_logged, hint=hint)
    save = button(press_id(Press.SAVE, queue.id), "Save", "check-lg")
    return html.Details(
        [
            html.Summary("Settings of this queue"),
            html.Div([name, logged, html.Div(save, className="lf-actions"), _dangers(queue)], className="lf-form"),
        ],
        className="lf-queue-more",
    )


def _dangers(queue: QueueShown) -> html.Div:
    empty = button(press_id(Press.EMPTY, queue.id), "Empty it now", tone=Tone.DANGER)
    renew = button(press_id(Press.RENEW, queue.id), "Give it a new key now", tone=Tone.DANGER)
    drop = button(press_id(Press.DROP, queue.id), "Remove it now", tone=Tone.DANGER)
    return html.Div(
        [
            confirmed("Empty", "All commands that wait are gone.", empty),
            confirmed("New key", "The old key is refused from that moment on, in every board.", renew),
            confirmed("Remove", f"“{queue.name}”, its key and its commands are gone for good.", drop),
        ],
        className="lf-actions",
    )


def no_queue(acts: frozenset[Act]) -> html.Section:
    makes = Act.CONTROL in acts
    sentence = "Make one: its key lets a board fetch commands." if makes else "An owner of the channel can make one."
    return html.Section(
        notices.empty_state("chat-left-text", "There is no queue yet", sentence), className="lf-panel lf-queue"
    )


def making(name_id: str, make_id: str) -> html.Section:
    """The form for another queue."""
    name = text_field(
        name_id, "Name", most_chars=MOST_NAME_CHARS, placeholder="Kiln board", hint="Which board will fetch from it."
    )
    why = "One for each board: a command goes to whoever asks first. Boards ask as they ask TalkBack."
    make = html.Div(button(make_id, "Make a queue", "plus-lg", Tone.MAIN), className="lf-actions")
    return panel("Make a queue", html.Div([name, make, html.P(why, className="lf-hint")], className="lf-form"))

"""`flask --app wsgi:server thingspeak move-in FILE --owner MAIL`: a channel's file becomes a channel of somebody's."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from flask.cli import AppGroup

import context
from domain.audit import Actor
from domain.channels import Channel, Visibility
from domain.errors import LabfeedError
from domain.keys import new_key
from domain.moves import Move, bad_rows, name_of
from domain.people import normal_email
from domain.roles import Viewer
from domain.storage import count_in_words
from domain.timespan import to_rfc3339
from models import jobs, moving_in, people, uploads
from models.jobs import State
from models.moving_in import Arrival
from models.ownership import NewChannel

LOOKED_AGAIN_AFTER_S = 0.2
MOST_LISTED = 20
UNNAMED = "Channel from ThingSpeak"

group = AppGroup("thingspeak", help="Let channels move in from ThingSpeak.")


def register(app: Flask) -> None:
    """Give the app the command."""
    app.cli.add_command(group)


@group.command("move-in")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--owner", required=True, metavar="MAIL", help="Whose channel it becomes: somebody who has signed in.")
@click.option("--name", default="", help="Of the channel; without: as the feed says.")
@click.option("--course", "course_id", type=int, metavar="ID", help="A course its owner is in, see course list.")
@click.option(
    "--visibility", type=click.Choice([str(each) for each in Visibility]), default="college", show_default=True
)
@click.option("--leave-out-bad", is_flag=True, help="Leave out rows that cannot be stored, instead of refusing.")
@click.option("--look", is_flag=True, help="Say what the file holds, and make nothing.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON, for scripts.")
def move_in(
    file: Path,
    owner: str,
    name: str,
    course_id: int | None,
    visibility: str,
    leave_out_bad: bool,
    look: bool,
    is_json: bool,
) -> None:
    """Make a channel with its history of FILE: ThingSpeak's export (CSV), or its feed (JSON), plain or gzip.

    The channel and its history are made together, or not at all.
    """
    try:
        actor = _acting_for(owner)
        number = moving_in.take_in(context.store(), actor, file.name, _pieces(file))
        move = _looked_at(actor, number)
        if not is_json:
            _tell_move(move)
        if look or (move.bad and not leave_out_bad):
            context.store().tell(moving_in.discard, actor, number)
        if look:
            return
        if move.bad and not leave_out_bad:
            _fail("Nothing is moved in: rows are bad. Mend them, or leave them out with --leave-out-bad.")
        key = new_key(secrets.choice)
        wanted = NewChannel(name or move.name or UNNAMED, move.description, Visibility(visibility))
        given = (actor, context.vault(), key, number, wanted)
        made = context.store().tell(moving_in.create, *given, course_id=course_id)
        found = _finished(actor, number)
    except (LabfeedError, OSError) as refused:
        _fail(getattr(refused, "detail", str(refused)))
    _tell_made(made, key, found, move, is_json=is_json)


def _acting_for(email: str) -> Actor:
    """Who owns what is made, as if they had made it. Raises NotFound."""
    person = context.store().ask(people.with_address, normal_email(email))
    return Actor(Viewer.person(person.id), "", context.now())


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(uploads.PIECE_BYTES):
            yield piece


def _looked_at(actor: Actor, number: int) -> Move:
    found = context.store().ask(moving_in.find, actor.viewer, number)
    return found.move or _fail(found.reason)


def _finished(actor: Actor, number: int) -> Arrival:
    """The history brought in here or, where a server is running, by that."""
    while True:
        context.parts().importer.work()
        found = context.store().ask(moving_in.find, actor.viewer, number)
        if found.state in jobs.ENDED:
            return found
        time.sleep(LOOKED_AGAIN_AFTER_S)  # another process is at it, and nothing tells when it is done


def _tell_move(move: Move) -> None:
    entries = "1 entry" if move.taken == 1 else f"{count_in_words(move.taken)} entries"
    span = f", {to_rfc3339(move.first_at)} to {to_rfc3339(move.last_at or 0)}" if move.first_at is not None else ""
    click.echo(f"{entries}{span}")
    for number, seen in move.fields.items():
        label, unit = f"  {seen.label}" if seen.label else "", f", {seen.unit}" if seen.unit else ""
        click.echo(f"  {name_of(number)}{label}: {seen.kind}{unit}")
    for sentence in move.not_taken():
        click.echo(f"Not taken: {sentence}")
    if move.zoneless:
        click.echo(f"Times without a zone are read as UTC: {move.zoneless}.")
    for sentence in bad_rows(move, MOST_LISTED):
        click.echo(f"Bad row: {sentence}")


def _tell_made(made: Channel, key: str, found: Arrival, move: Move, *, is_json: bool) -> None:
    outcome = found.outcome
    if found.state is not State.DONE:
        _fail(" ".join(["Nothing was moved in.", *_reasons(found)]))
    if is_json:
        told = {"channel_id": made.id, "write_key": key, "entries": move.taken, "readings": outcome.stored}
        told |= {"bad_rows": move.bad, "not_taken": move.not_taken()}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    stored = "1 reading stored" if outcome.stored == 1 else f"{count_in_words(outcome.stored)} readings stored"
    click.echo(f"Channel {made.id}, {made.name}\n  write key  {key}\n  {stored}")


def _reasons(found: Arrival) -> list[str]:
    listed = (*found.outcome.faults, *found.outcome.clashing)
    return [found.reason, *(each.sentence for each in listed[:MOST_LISTED])]


def _fail(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)

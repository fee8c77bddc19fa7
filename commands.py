"""The command line: `flask --app wsgi:server …` for whoever runs the server."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

import context
from domain.audit import Actor
from domain.channels import Channel, Visibility
from domain.errors import LabfeedError
from domain.keys import is_well_formed, new_key
from domain.names import fault_in
from domain.people import normal_email
from domain.readings import Kind
from domain.roles import Right, Viewer
from domain.timespan import to_rfc3339
from domain.units import usual_unit
from models import backups, channels, keys, people, upgrading
from models.appending import MOST_FEEDS
from models.channels import NewFeed


class Commands(AppGroup):
    """Commands whose refusals are printed as sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LabfeedError as refused:
            raise click.ClickException(refused.detail) from refused


channel_group = Commands("channel", help="Make and list channels.")
key_group = Commands("key", help="Make and revoke the keys of a channel.")
db_group = Commands("db", help="Look after the database.")
person_group = Commands("person", help="See who has signed in, and settle whose an e-mail address is.")

MOST_CHANNEL_NAME_CHARS = 200
MOST_UNIT_CHARS = 32

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON, for scripts.")


def register(app: Flask) -> None:
    """Give the app its commands."""
    for group in (channel_group, key_group, db_group, person_group):
        app.cli.add_command(group)
    app.cli.add_command(backup)


class FeedParameter(click.ParamType[NewFeed]):
    """`name`, `name:unit`, `name:text`, `name:mixed` or `name:number`."""

    name = "NAME[:UNIT|text|mixed]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> NewFeed:
        name, _, rest = value.partition(":")
        if wrong := fault_in(name):
            self.fail(f"The name {wrong}.", param, ctx)
        if rest in (Kind.TEXT, Kind.MIXED):
            return NewFeed(name, Kind(rest))
        if len(rest) > MOST_UNIT_CHARS:
            self.fail(f"A unit has at most {MOST_UNIT_CHARS} characters.", param, ctx)
        return NewFeed(name, Kind.NUMBER, None if rest == Kind.NUMBER else rest or usual_unit(name))


@channel_group.command("create")
@click.argument("name")
@click.option(
    "--feed", "feeds", type=FeedParameter(), multiple=True, help="A feed: temperature:°C, door:text. Repeat it."
)
@click.option(
    "--visibility", type=click.Choice([str(each) for each in Visibility]), default="public", show_default=True
)
@click.option("--description", default="", help="A sentence or two for its page.")
@click.option("--new-feeds/--no-new-feeds", default=True, show_default=True, help="Whether boards may make feeds.")
@click.option("--expected-interval", type=click.FloatRange(min=0.01), help="Seconds between readings when all is well.")
@click.option("--rehearsal", is_flag=True, help="Mark it as played, not measured.")
@as_json
def create_channel(
    name: str,
    feeds: tuple[NewFeed, ...],
    visibility: str,
    description: str,
    new_feeds: bool,
    expected_interval: float | None,
    rehearsal: bool,
    is_json: bool,
) -> None:
    """Make a channel called NAME, with a write key and a read key."""
    if not 1 <= len(name.strip()) <= MOST_CHANNEL_NAME_CHARS:
        raise click.UsageError(f"The name of a channel has 1 to {MOST_CHANNEL_NAME_CHARS} characters.")
    if len({feed.name for feed in feeds}) < len(feeds):
        raise click.UsageError("Two feeds have the same name.")
    if len(feeds) > MOST_FEEDS:
        raise click.UsageError(f"A channel has at most {MOST_FEEDS} feeds.")
    written = {right: new_key(secrets.choice) for right in (Right.WRITE, Right.READ)}
    made = context.store().tell(
        keys.create_channel,
        context.vault(),
        written,
        now=context.now(),
        name=name.strip(),
        description=description,
        visibility=Visibility(visibility),
        feeds=feeds,
        accepts_new_feeds=new_feeds,
        is_rehearsal=rehearsal,
        expected_interval_s=expected_interval,
    )
    told = {"channel_id": made.id, "write_key": written[Right.WRITE], "read_key": written[Right.READ]}
    if is_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"Channel {made.id}, {made.name}\n  write key  {told['write_key']}\n  read key   {told['read_key']}")


@channel_group.command("list")
@as_json
def list_channels(is_json: bool) -> None:
    """List all channels."""
    found = context.store().ask(channels.every)
    if is_json:
        click.echo(json.dumps([_told(channel) for channel in found], ensure_ascii=False))
        return
    for channel in found:
        click.echo(f"{channel.id:>6}  {channel.visibility:<8} {channel.cursor:>10} entries  {channel.name}")
    if not found:
        click.echo("There is no channel yet: make one with channel create NAME.")


@key_group.command("create")
@click.argument("channel_id", type=int)
@click.option("--right", type=click.Choice([str(each) for each in Right]), default="write", show_default=True)
@click.option("--name", default="", help="What the key is for.")
@as_json
def create_key(channel_id: int, right: str, name: str, is_json: bool) -> None:
    """Make another key for the channel CHANNEL_ID."""
    written = _make_key(channel_id, Right(right), name)
    click.echo(json.dumps({"channel_id": channel_id, "right": right, "key": written}) if is_json else written)


@key_group.command("revoke")
@click.argument("written", metavar="KEY")
def revoke_key(written: str) -> None:
    """Revoke KEY: from now on it stores and shows nothing, in every process."""
    if not is_well_formed(written.strip()):
        raise click.ClickException("This is not a key: a key is 16 characters, 0-9 and A-Z. Look for a typo.")
    digest = context.vault().digest(written.strip())
    channel_id = context.store().tell(keys.revoke, digest, now=context.now())
    click.echo(f"The key of channel {channel_id} is revoked.")


@db_group.command("upgrade")
def upgrade() -> None:
    """Bring the tables to this version. Safe to run again."""
    click.echo(f"The database is at revision {upgrading.upgrade(context.store())}.")


@person_group.command("list")
@as_json
def list_people(is_json: bool) -> None:
    """List everybody who has signed in."""
    found = context.store().ask(people.every)
    if is_json:
        told = [{"person_id": each.id, "email": each.email, "name": each.name, "issuer": each.issuer} for each in found]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each.id:>6}  {each.email or '(address freed)'}  {each.name}")
    if not found:
        click.echo("Nobody has signed in yet.")


@person_group.command("release")
@click.argument("email")
def release_address(email: str) -> None:
    """Free EMAIL, which the college has given to somebody else: who signs in with it next begins anew."""
    released = context.store().tell(people.release, _operator(), normal_email(email))
    click.echo(f"The address is free. Person {released.id} is signed out everywhere and keeps what is theirs.")


@person_group.command("hand-over")
@click.argument("email")
def hand_over(email: str) -> None:
    """Let the next account that signs in with EMAIL have all that is theirs: the same person, another account."""
    parted = context.store().tell(people.hand_over, _operator(), normal_email(email))
    click.echo(f"Person {parted.id} is signed out everywhere; the next account with this address is theirs.")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write a consistent copy of the database to FILE while the server runs."""
    try:
        size_bytes = backups.write(context.store(), file)
    except (LabfeedError, OSError) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{file}: {size_bytes} bytes.")


def _operator() -> Actor:
    """Whoever works at the command line: nobody who is signed in, and from no address."""
    return Actor(Viewer.visitor(), "", context.now())


def _make_key(channel_id: int, right: Right, name: str = "") -> str:
    written = new_key(secrets.choice)
    context.store().tell(keys.create, context.vault(), channel_id, right, written, now=context.now(), name=name)
    return written


def _told(channel: Channel) -> dict[str, object]:
    return {
        "channel_id": channel.id,
        "name": channel.name,
        "visibility": str(channel.visibility),
        "entries": channel.cursor,
        "created_at": to_rfc3339(channel.created_at),
        "feeds": [{"name": feed.name, "kind": str(feed.kind), "unit": feed.unit} for feed in channel.feeds],
    }

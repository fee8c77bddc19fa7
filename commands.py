"""The command line: `flask --app wsgi:server …` for whoever runs the server."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

import context
from domain import zones
from domain.audit import Actor
from domain.channels import Channel, Visibility
from domain.course_exports import CourseExport
from domain.downloads import EVERYTHING, Shape, binned_from
from domain.errors import LabfeedError
from domain.keys import is_well_formed, new_key
from domain.names import fault_in
from domain.people import normal_email
from domain.readings import Kind
from domain.roles import Right, Viewer
from domain.selection import Range
from domain.timespan import to_rfc3339
from domain.units import usual_unit
from models import backups, channels, course_archives, course_exports, courses, keys, people, upgrading
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
course_group = Commands("course", help="List courses, and take all channels of one away.")
person_group = Commands("person", help="See who has signed in, and settle whose an e-mail address is.")

OPERATOR = Viewer.person(0, is_admin=True)
"""Whoever works at the command line sees what an admin sees."""

MOST_CHANNEL_NAME_CHARS = 200
MOST_UNIT_CHARS = 32

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON, for scripts.")


def register(app: Flask) -> None:
    """Give the app its commands."""
    for group in (channel_group, key_group, course_group, db_group, person_group):
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


@course_group.command("list")
@as_json
def list_courses(is_json: bool) -> None:
    """List all courses."""
    found = context.store().ask(courses.of_person, OPERATOR)
    if is_json:
        told = [
            {"course_id": each.course.id, **asdict(each.course.naming), "channels": each.channels} for each in found
        ]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each.course.id:>6}  {each.channels:>4} channels  {each.course.naming.words}")
    if not found:
        click.echo("There is no course yet: a teacher starts one on the page Courses.")


@course_group.command("export")
@click.argument("course_id", type=int)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--section", default="", help="The channels of this section alone.")
@click.option("--from", "start", default=EVERYTHING.start, help="now-7d, a date or a time; without: all there is.")
@click.option("--to", "end", default=EVERYTHING.end, help="The same; a date is meant to its end.", show_default=True)
@click.option("--zone", default=zones.WORLD, help="Of dates and of time_local.", show_default=True)
@click.option("--shape", type=click.Choice(list(map(str, Shape))), default=str(Shape.WIDE), show_default=True)
@click.option("--bin", "width", default="", help="Sum up the numbers in bins so wide: 10m.")
@click.option("--agg", "aggregates", default="", help="What of a bin is told: mean,min,max,count.")
@click.option("--decimal-comma", is_flag=True, help="Write 21,4 and part columns by semicolons.")
@click.option("--excel", "for_excel", is_flag=True, help="Begin tables with a byte-order mark.")
def export_course(
    course_id: int,
    file: Path | None,
    start: str,
    end: str,
    zone: str,
    shape: str,
    width: str,
    aggregates: str,
    **more: Any,
) -> None:
    """Write all channels of the course COURSE_ID into one zip archive, FILE or one named after the course.

    It is the file that its staff are sent by the page; it holds names and e-mail addresses.
    """
    known = None if zone == zones.WORLD else zones.zone_named(zone).key
    binned = binned_from(width, aggregates)
    export = CourseExport(course_id, range=Range(start, end), zone=known, shape=Shape(shape), binned=binned, **more)
    store = context.store()
    outline = store.ask_long(course_exports.outline, OPERATOR, export, context.now())
    path = file or Path(outline.file_name)
    if path.exists():
        raise click.ClickException(f"{path} is there already: name another file.")
    store.tell(course_exports.note, _operator(), outline)
    with click.progressbar(length=outline.readings, label="Readings", file=sys.stderr) as bar:
        chunks = course_archives.written(store, OPERATOR, outline, lambda done: bar.update(done - bar.pos))
        try:
            size_bytes = _put(path, chunks)
        except OSError as refused:
            raise click.ClickException(str(refused)) from refused
    click.echo(f"{path}: {len(outline.plans)} channels, {outline.readings} readings, {size_bytes} bytes.")


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


def _put(path: Path, chunks: Iterator[bytes]) -> int:
    """Write a file that has its name only once it is whole; its size in bytes. Raises OSError."""
    begun = path.with_name(path.name + ".part")
    with begun.open("xb") as file:
        try:
            for chunk in chunks:
                file.write(chunk)
        except BaseException:  # however it ends, no half archive stays
            begun.unlink()
            raise
    return begun.rename(path).stat().st_size


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

"""Where the parts meet: one Flask app with its storage, its live path, its doors and its pages."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import partial

from flask import Flask

import commands
import context
import dashapp
import running
from accounts import csrf, forwarded, guard, headers, kiosks, sessions, sign_in
from api import channels as channels_for_programs
from api import (
    clock,
    course_exports,
    cross_origin,
    downloads,
    imports,
    openapi,
    operations,
    problems,
    readings,
    snapshots,
    streaming,
    taking,
    telling,
)
from api import feeds as feeds_for_programs
from api import managing as managing_for_programs
from api import people as people_for_programs
from api import statistics as statistics_for_programs
from api import stored as stored_for_programs
from config import Config
from context import Parts
from dashapp.pictures.studio import Studio
from dashapp.snapshots import draw as draw_snapshot
from dialects import kazarinoff
from dialects.thingspeak import either, moving, updating
from dialects.thingspeak import routes as routes_of_thingspeak
from dialects.thingspeak.frames import Frames
from dialects.thingspeak.talkbacks import TalkBacks
from domain.channels import channel_id_from
from domain.errors import Busy
from domain.readings import FreshReadings
from domain.roles import Viewer
from ingest import device_socket, http_api, quick_lane, trials
from ingest.intake import Intake
from ingest.keys import KeyRing
from ingest.rate import Buckets
from live import stream
from live.bus import Bus
from live.hub import Hub
from live.machine_bus import MachineBus
from live.open_pages import VISITOR, Grounds, Standings
from live.seats import Seats
from live.sockets import Doors
from live.stream import OpenChannel, StreamDoor
from models import answers, channels, expiry, invitations, jobs, people, rosters, sign_ins, tokens, upgrading
from models import kiosks as kiosks_of_screens
from models import readings as stored
from models import sessions as sessions_of_people
from models.importer import Importer
from models.store import Store
from models.sweeping import Sweeper
from models.uses import Uses
from models.vault import Vault
from models.writer import Writer
from running import Chore, Running

DATABASE_WITHIN_S = 20.0
"""How long a server in development waits at its start for a database that is just being restarted."""

KEYED_ENDPOINTS = frozenset(
    {
        "ingest.post_readings",
        "ingest.post_channel_readings",
        "ingest.post_value",
        "ingest.write_by_address",
        "device_socket",
        "imports.begin_import",
        "imports.continue_import",
        "imports.list_imports",
        "imports.get_import",
        "imports.undo_import",
        "stored.set_retention",
        "stored.delete_readings",
        "stored.list_deletions",
        "stored.get_deletion",
        "stored.undo_deletion",
        "feeds.change_feed",
        "feeds.make_feed",
        "feeds.remove_feed",
        "managing.change_channel",
        "managing.delete_channel",
        "managing.list_bin",
        "managing.make_channel",
        "managing.restore_channel",
        "people.list_keys",
        "people.list_members",
        "people.make_key",
        "people.revoke_key",
        "people.rotate_key",
    }
)
"""Where a key that the sender adds is the only authority; who is signed in counts for nothing there."""

OPEN_ENDPOINTS = KEYED_ENDPOINTS | frozenset(
    {
        # The view shows only what this viewer may see.
        "accounts.begin",
        "accounts.back",
        "accounts.sign_out",
        "kiosks.start",
        "channel_stream",
        "streaming.stream",
        "channels.list_channels",
        "channels.get_channel",
        "channels.list_feeds",
        "channels.get_feed",
        "statistics.get_statistics",
        "stored.get_storage",
        "downloads.download",
        "course_exports.export_course",
        "read.list_readings",
        "read.last",
        "read.last_as_text",
        "snapshots.png",
        "snapshots.svg",
        # Nothing of anybody's is in these.
        "problems.about",
        "openapi.openapi",
        "clock.time",
        "clock.healthz",
        "clock.readyz",
    }
)
"""Addresses open by name; the pages name theirs in `dashapp`. Everything else does not exist."""


def create_app(config: Config) -> Flask:
    """A whole app of its own; two of them in one process do not know of each other.

    Raises ConfigError. Nothing runs in the background before the first request.
    """
    logging.basicConfig(level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = Flask("labfeed", static_folder=None)
    app.config.update(SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=config.max_body_bytes)
    parts = _make_parts(config)
    intake = _make_intake(config, parts)
    doors = Doors(public_url=config.public_url, seats=_seats(config), holders=context.holders)
    app.extensions[context.NAME] = replace(parts, try_out=partial(trials.try_out, intake))
    if not config.is_production:
        _upgrade_patiently(parts.store)
    problems.register(app)
    sessions.register(app)
    sign_in.register(app, config.providers)
    kiosks.register(app)
    listeners = _open_doors(app, config, parts, intake, doors)
    queues = TalkBacks(parts.store, parts.vault, parts.uses, parts.writer)
    thingspeak = routes_of_thingspeak.opened(
        intake, queues, config.max_body_bytes, taking.taken, averages_by_rows=config.averages_by_rows
    )
    app.register_blueprint(thingspeak.routes)
    app.register_blueprint(kazarinoff.blueprint(intake, config.max_body_bytes, downloads.file_of))
    keyed = KEYED_ENDPOINTS | thingspeak.endpoints | kazarinoff.ENDPOINTS
    studio = Studio()
    app.register_blueprint(snapshots.blueprint(partial(draw_snapshot, studio)))
    pages = dashapp.create_dash(app, doors, bus=parts.bus, csrf_cookie=csrf.cookie_name(config.is_https))
    guard.register(app, OPEN_ENDPOINTS | keyed | pages.open_endpoints, pages.is_closed)
    csrf.register(app, keyed, doors.is_own)
    headers.register(app, keyed, config.embed_origins)
    commands.register(app)
    moving.register(app)
    background = _make_running(parts, intake, doors, listeners, pages, studio)
    app.extensions[running.NAME] = background
    quick = quick_lane.in_front_of(either.in_front_of(app.wsgi_app), intake, context.now, config.max_body_bytes)
    quick = updating.in_front_of(quick, intake, context.now, config.max_body_bytes, queues.instead)
    outermost = forwarded.in_front_of(background.in_front_of(quick), config.proxies)
    app.wsgi_app = outermost  # type: ignore[assignment, method-assign]  # how Flask wants middleware
    return app


def _seats(config: Config) -> Seats:
    """How many live connections somebody may have with this process."""
    of_one = dict.fromkeys((context.PERSON, context.SCREEN, context.KEY), config.connections_per_person)
    return Seats({context.ADDRESS: config.connections_per_address} | of_one)


def _upgrade_patiently(store: Store) -> None:
    """Bring the tables to this version. Raises Busy when the database stays away."""
    deadline = time.monotonic() + DATABASE_WITHIN_S
    while True:
        try:
            upgrading.upgrade(store)
        except Busy:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)  # nothing tells when a database is back
        else:
            return


def _make_parts(config: Config) -> Parts:
    store = Store.open(config.database_url)
    bus = _make_bus(config)

    def fill(channel_id: int, after: int, up_to: int | None) -> list[FreshReadings]:
        return store.ask(stored.fresh_since, channel_id, after, up_to)

    return Parts(
        store,
        Writer(store, bus.publish),
        Vault(config.secret_key),
        bus,
        Hub(bus, fill),
        Uses(store),
        Sweeper(store, context.now, time.monotonic, time.sleep),
        Importer(store, bus.publish, context.now),
        taking.takers(),
        config.college,
        config.is_https,
        config.public_url,
        tuple(provider.way_in for provider in config.providers),
        config.college_zone,
        may_be_framed=bool(config.embed_origins),
        mqtt_port=config.mqtt_port,
        interface=telling.told(operations.EVERY),
        frames=Frames(averages_by_rows=config.averages_by_rows),
    )


def _make_bus(config: Config) -> Bus:
    if not config.redis_url:
        return MachineBus(config.data_dir)
    from live.redis_bus import RedisBus  # 6 MB that one process alone does not need

    return RedisBus(config.redis_url)


def _make_intake(config: Config, parts: Parts) -> Intake:
    keys = KeyRing(parts.store, parts.vault, parts.uses, context.now)
    buckets = Buckets(config.rate_limit) if config.rate_limit else None
    return Intake(parts.store, parts.writer, keys, buckets, time.monotonic)


def _open_doors(app: Flask, config: Config, parts: Parts, intake: Intake, doors: Doors) -> StreamDoor:
    app.register_blueprint(http_api.blueprint(intake, context.now, config.max_body_bytes))
    device_socket.register(doors, app, intake, context.now)
    for each in (readings, downloads, course_exports, imports, channels_for_programs, statistics_for_programs, clock):
        app.register_blueprint(each.routes)
    for each in (stored_for_programs, managing_for_programs, feeds_for_programs, people_for_programs):
        app.register_blueprint(each.routes)
    app.register_blueprint(openapi.blueprint(operations.EVERY, context.origin))
    listeners = stream.register(doors, app, hub=parts.hub, open_channel=_open_channel)
    app.register_blueprint(streaming.blueprint(listeners, doors))
    cross_origin.register(app)
    return listeners


def _open_channel(written: str) -> OpenChannel:
    """The channel a program asked to listen to. Raises NotFound where it may not see it."""
    viewer = context.viewer()
    grounds = _grounds(viewer)
    found = context.store().ask(channels.find, viewer, channel_id_from(written))
    feeds = {feed.id: feed.name for feed in found.feeds}
    return OpenChannel(found.id, found.version, found.cursor, feeds, grounds, may_expire=viewer != Viewer.visitor())


def _grounds(viewer: Viewer) -> Grounds:
    """Whose right it is, as it stood before anything was decided by it."""
    if viewer.kiosk_id is not None:
        return Grounds(kiosk_id=viewer.kiosk_id)
    if viewer.person_id is None:
        return VISITOR
    session_id = context.session_id() if viewer.acts is None else None
    versions = context.store().ask(people.versions, [viewer.person_id])
    return Grounds(viewer.person_id, versions.get(viewer.person_id, 0), session_id)


def _standings(store: Store) -> Standings:
    return Standings(
        channels=lambda ids: store.ask(channels.versions, ids),
        people=lambda ids: store.ask(people.versions, ids),
        sessions=lambda ids: store.ask(sessions_of_people.holding, ids, context.now()),
        kiosks=lambda ids: store.ask(kiosks_of_screens.holding, ids, context.now()),
    )


def _make_running(
    parts: Parts, intake: Intake, doors: Doors, listeners: StreamDoor, pages: dashapp.Pages, studio: Studio
) -> Running:
    standings = _standings(parts.store)
    return Running(
        starts=(parts.bus.start, parts.hub.start),
        goodbyes=(doors.close_all,),
        ends=(
            parts.importer.close,
            parts.sweeper.close,
            parts.hub.close,
            parts.bus.close,
            studio.close,
            parts.store.close,
        ),
        chores=(
            Chore(0.25, intake.write_down_refusals),
            Chore(2, lambda: expiry.end_due(parts.store, context.now())),
            Chore(2, lambda: listeners.recheck(standings)),
            Chore(2, lambda: pages.recheck(standings)),
            Chore(1, parts.importer.look),
            Chore(5, parts.takers.look),
            Chore(60, parts.uses.write_down),
            Chore(60, lambda: parts.store.tell(jobs.give_up_lost, context.now())),
            Chore(3600, lambda: parts.store.tell(answers.forget_old, context.now())),
            Chore(3600, lambda: parts.store.tell(jobs.forget_old, context.now())),
            Chore(3600, lambda: parts.store.tell(sign_ins.forget_old, context.now())),
            Chore(3600, lambda: parts.store.tell(sessions_of_people.forget_old, context.now())),
            Chore(2, parts.sweeper.turn, is_long=True),
            Chore(900, parts.sweeper.tidy, is_long=True),
            Chore(3600, lambda: parts.store.tell(tokens.forget_old, context.now())),
            Chore(3600, lambda: parts.store.tell(kiosks_of_screens.forget_old, context.now())),
            Chore(3600, lambda: parts.store.tell(rosters.forget_old, context.now())),
            Chore(3600, lambda: parts.store.tell(invitations.forget_ended, context.now())),
        ),
    )

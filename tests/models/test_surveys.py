"""A file looked through as soon as it is here: what it names to its last row is shown, and may be led elsewhere."""

from __future__ import annotations

import gzip

import pytest

from domain.errors import Invalid, Outdated
from domain.imports import Hints, Rest
from domain.readings import Kind
from domain.timespan import DAY, SECOND, to_rfc3339
from models import imports, surveys
from models.jobs import State
from tests.builders import NOW
from tests.models.importing import Desk
from tests.people import acting

LATE = ("temperature",) * 12 + ("gate",) * 12


@pytest.fixture(autouse=True)
def short_look(monkeypatch):
    monkeypatch.setattr("domain.incoming.beginnings.SAMPLE", 4)
    monkeypatch.setattr("domain.incoming.surveying.AT_ONCE", 5)


@pytest.fixture
def desk(store, channel, owner) -> Desk:
    return Desk(store, channel, acting(owner))


def tidy(*feeds: str) -> str:
    lines = [
        f"{to_rfc3339(NOW - DAY + place * SECOND)},{name},{'open' if name == 'gate' else place}"
        for place, name in enumerate(feeds)
    ]
    return "time,feed,value\n" + "".join(f"{line}\n" for line in lines)


def look_through(desk: Desk, number: int):
    """The survey of a file, remembered with it; None where there is nothing to see."""
    asked = (desk.actor.viewer, desk.channel.id, number, "UTC", NOW)
    look = desk.store.ask(surveys.begin, *asked)
    if look is None:
        return None
    while desk.store.ask(look.further):
        pass
    desk.store.tell(imports.keep_survey, desk.actor, desk.channel.id, number, look.survey)
    return look.survey


def preview(desk: Desk, number: int, **hints):
    return desk.store.ask(imports.preview, desk.actor.viewer, desk.channel.id, number, "UTC", NOW, None, Hints(**hints))


def test_feeds_named_late_are_shown_with_their_kind_and_first_values(desk):
    number = desk.send(gzip.compress(tidy(*LATE).encode()), piece=20)
    assert look_through(desk, number).is_whole
    seen = preview(desk, number)
    assert [(each.name, each.feed, each.kind) for each in seen.mapping.sources] == [
        ("temperature", "temperature", None),
        ("gate", "gate", Kind.TEXT),
    ]
    assert (seen.cells["gate"], seen.mapping.rest) == (["open"] * 3, Rest.NONE)


def test_they_can_be_led_elsewhere(desk):
    number = desk.send(tidy(*LATE))
    look_through(desk, number)
    desk.start(number, preview(desk, number, columns={"gate": "door", "temperature": ""}).mapping)
    desk.importer.work()
    assert {(name, text) for name, _, _, text in desk.stored()} == {("door", "open")}


def test_of_a_very_long_file_a_part_is_seen_now_and_the_rest_when_it_is_read(desk, monkeypatch):
    monkeypatch.setattr(surveys, "MOST_STEPS", 1)
    number = desk.send(tidy(*LATE))
    assert not look_through(desk, number).is_whole
    seen = preview(desk, number)
    assert ([each.name for each in seen.mapping.sources], seen.mapping.rest) == (["temperature"], Rest.BY_NAME)
    desk.start(number, seen.mapping)
    desk.importer.work()
    assert (desk.look(number).state, len(desk.stored())) == (State.DONE, 24)


def test_what_is_wrong_with_it_is_said_before_it_is_started(desk, monkeypatch):
    monkeypatch.setattr("domain.incoming.surveying.AT_ONCE", 500)
    number = desk.send(tidy(*[f"f{place}" for place in range(1_200)]))
    assert not look_through(desk, number).is_whole
    with pytest.raises(Invalid, match="more than 1000 feeds"):
        preview(desk, number)


def test_a_file_that_is_known_from_its_beginning_is_not_looked_through(desk):
    assert look_through(desk, desk.send(tidy("temperature"))) is None


def test_what_was_started_meanwhile_is_left_alone(desk):
    number = desk.send(tidy(*LATE))
    asked = (desk.actor.viewer, desk.channel.id, number, "UTC", NOW)
    look = desk.store.ask(surveys.begin, *asked)
    desk.start(number)
    with pytest.raises(Outdated):
        desk.store.tell(imports.keep_survey, desk.actor, desk.channel.id, number, look.survey)

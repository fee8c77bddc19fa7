"""A course's archive as it is written: what is in it, what happens around it meanwhile, and when it breaks off."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from sqlalchemy import delete, update

from domain.channels import Visibility
from domain.course_exports import CourseExport
from domain.downloads import Aggregate, Binned, Shape
from domain.errors import NotFound
from domain.roles import Part, Viewer
from domain.timespan import HOUR, MINUTE, SECOND
from domain.tokens import REACHES, Scope
from models import course_archives, course_exports, exporting, windows
from models.schema import channel as channel_table
from models.schema import enrolment
from tests.builders import NOW, append, entry, make_channel, reread
from tests.people import enrol, make_member, make_person, viewing

READINGS = 1500
"""More than a few pieces hold."""


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(windows, "READINGS", 400)
    monkeypatch.setattr(windows, "FEWEST", 100)


@pytest.fixture
def kiln(store, noise, course_id):
    made = _of_course(store, course_id, "=Kiln", section="A", team="Otter", feeds=("temperature:°C", "door:text"))
    append(store, made, entry(NOW - HOUR, temperature=20.5, door="=1+1"), entry(NOW - SECOND, temperature=0))
    return made


@pytest.fixture
def pond(store, course_id):
    """Its file has several pieces."""
    made = _of_course(store, course_id, "Pond", section="B", team="Heron")
    instants = range(NOW - READINGS * SECOND, NOW, SECOND)
    append(store, made, *[entry(at, temperature=at % 977 / 7) for at in instants])
    return made


@pytest.fixture
def student(store, course_id, kiln):
    student = make_person(store, "Ada Finch")
    enrol(store, course_id, student, Part.STUDENT, section="A", team="Otter", name="Ada Finch")
    make_member(store, kiln.id, student)
    return student


def _of_course(store, course_id, name, **more):
    return make_channel(store, name, course_id=course_id, visibility=Visibility.MEMBERS, **more)


def begun(store, teacher, course_id, told=lambda done: None, **more):
    viewer = viewing(teacher)
    outline = store.ask_long(course_exports.outline, viewer, CourseExport(course_id, **more), NOW)
    return course_archives.written(store, viewer, outline, told)


def opened(chunks) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(b"".join(chunks)))
    assert found.testzip() is None
    return found


def rows(archive: zipfile.ZipFile, name: str, delimiter: str = ",") -> list[list[str]]:
    text = archive.read(name).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def text_of(store, teacher, channel, course_id, **more) -> str:
    """The same channel's file, taken alone."""
    export = CourseExport(course_id, **more)
    plan = store.ask_long(exporting.plan, viewing(teacher), export.of(channel.id), NOW)
    return "".join(piece.text for piece in exporting.pieces(store, viewing(teacher), plan))


class TestWhatIsInIt:
    def test_a_file_a_channel_and_the_tables_beside_them(self, store, teacher, course_id, kiln, pond):
        assert opened(begun(store, teacher, course_id)).namelist() == [
            "channels/engr114_kiln_2026-11-20_2026-11-20.csv",
            "channels/engr114_pond_2026-11-20_2026-11-20.csv",
            "channels.csv",
            "dictionary.csv",
            "members.csv",
            "README.txt",
        ]

    @pytest.mark.parametrize(
        "more",
        [
            {},
            {"shape": Shape.TIDY, "zone": "Asia/Kolkata"},
            {"decimal_comma": True, "for_excel": True},
            {"binned": Binned(MINUTE, (Aggregate.MEAN, Aggregate.COUNT))},
        ],
    )
    def test_a_channels_file_is_what_is_had_of_it_alone(self, store, teacher, course_id, kiln, pond, more):
        archive = opened(begun(store, teacher, course_id, **more))
        for channel, name in ((kiln, archive.namelist()[0]), (pond, archive.namelist()[1])):
            assert archive.read(name).decode() == text_of(store, teacher, channel, course_id, **more)

    def test_the_channels_are_told_with_how_many_readings_were_written(self, store, teacher, course_id, kiln, pond):
        found = [dict(zip(*each, strict=True)) for each in _beside_heading(store, teacher, course_id, "channels.csv")]
        assert [(one["channel"], one["section"], one["team"], one["readings"]) for one in found] == [
            ("'=Kiln", "A", "Otter", "3"),
            ("Pond", "B", "Heron", str(READINGS)),
        ]
        assert found[0]["file"] == "channels/engr114_kiln_2026-11-20_2026-11-20.csv"
        assert (found[0]["from_utc"], found[0]["before_utc"]) == ("2026-11-20T09:00:00Z", "2026-11-20T10:00:00.000001Z")

    def test_a_place_west_of_greenwich_is_a_number_and_no_formula(self, store, teacher, course_id, kiln):
        where = {"latitude": 47.66, "longitude": -117.4}
        store.tell(lambda connection: connection.execute(update(channel_table).values(where)))
        [(heading, row)] = _beside_heading(store, teacher, course_id, "channels.csv")
        told = dict(zip(heading, row, strict=True))
        assert (told["latitude"], told["longitude"]) == ("47.66", "-117.4")

    @pytest.mark.parametrize(
        ("more", "columns"),
        [
            ({}, ["temperature [°C]", "door"]),
            ({"shape": Shape.TIDY}, ["value", "text"]),
            (
                {"binned": Binned(MINUTE, (Aggregate.MIN, Aggregate.COUNT))},
                ["temperature min [°C] | temperature count", "door count"],
            ),
        ],
    )
    def test_the_dictionary_says_what_each_feed_is_and_where_it_stands(
        self, store, teacher, course_id, kiln, more, columns
    ):
        found = rows(opened(begun(store, teacher, course_id, **more)), "dictionary.csv")
        assert found == [
            ["channel_id", "channel", "feed", "title", "kind", "unit", "columns"],
            [str(kiln.id), "'=Kiln", "temperature", "", "number", "°C", columns[0]],
            [str(kiln.id), "'=Kiln", "door", "", "text", "", columns[1]],
        ]

    def test_the_members_are_those_of_the_course_and_of_its_channels(self, store, teacher, student, course_id, kiln):
        found = rows(opened(begun(store, teacher, course_id)), "members.csv")
        assert found[1:] == [
            ["", teacher.email, "", "", "staff", "", "", ""],
            ["Ada Finch", student.email, "A", "Otter", "student", str(kiln.id), "'=Kiln", "owner"],
        ]

    def test_a_token_that_only_reads_takes_no_e_mail_addresses(self, store, teacher, student, course_id, kiln):
        for scope, expected in ((Scope.READ, ["", ""]), (Scope.MANAGE, [teacher.email, student.email])):
            viewer = Viewer.person(teacher.id, acts=REACHES[scope])
            outline = store.ask_long(course_exports.outline, viewer, CourseExport(course_id), NOW)
            archive = opened(course_archives.written(store, viewer, outline))
            assert [row[1] for row in rows(archive, "members.csv")[1:]] == expected
            assert rows(archive, "members.csv")[2][0] == "Ada Finch"
            assert ("names alone" in archive.read("README.txt").decode()) == (scope is Scope.READ)

    def test_the_page_says_what_is_what(self, store, teacher, course_id, kiln, pond):
        page = opened(begun(store, teacher, course_id, section="A", zone="Europe/Berlin")).read("README.txt").decode()
        for said in (
            "ENGR114 2026 autumn",
            "Section A alone.",
            "2026-11-20 11:00:00 (Europe/Berlin)",
            "1, with 3 readings",
        ):
            assert said in page

    def test_decimal_commas_are_in_the_tables_too(self, store, teacher, course_id, kiln):
        archive = opened(begun(store, teacher, course_id, decimal_comma=True, for_excel=True))
        assert all(archive.read(name).startswith(b"\xef\xbb\xbf") for name in archive.namelist() if "csv" in name)
        assert rows(archive, "channels.csv", ";")[1][1] == "'=Kiln"

    def test_a_course_without_a_channel_has_its_members(self, store, teacher, course_id, noise):
        archive = opened(begun(store, teacher, course_id))
        assert archive.namelist() == ["channels.csv", "dictionary.csv", "members.csv", "README.txt"]
        assert rows(archive, "members.csv")[1][1] == teacher.email


def _beside_heading(store, teacher, course_id, name):
    heading, *found = rows(opened(begun(store, teacher, course_id)), name)
    return [(heading, row) for row in found]


class TestMeanwhile:
    def test_what_comes_while_it_is_written_is_not_in_it(self, store, teacher, course_id, kiln, pond):
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks)]
        for channel in (kiln, pond):
            append(store, reread(store, channel), *[entry(NOW + each, temperature=each) for each in range(1, 1000)])
        archive = opened([*sent, *chunks])
        assert [row[-1] for row in rows(archive, "channels.csv")] == ["readings", "3", str(READINGS)]

    def test_what_comes_late_is_counted_as_it_was_written(self, store, teacher, course_id, kiln, pond):
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks)]
        append(store, reread(store, pond), entry(NOW - SECOND // 2, temperature=1))
        archive = opened([*sent, *chunks])
        told, written = rows(archive, "channels.csv")[2][-1], len(rows(archive, archive.namelist()[1])) - 1
        assert int(told) == written == READINGS + 1

    def test_it_says_how_far_it_is(self, store, teacher, course_id, kiln, pond):
        told = []
        opened(begun(store, teacher, course_id, told=told.append))
        assert told == sorted(told)
        assert (told[0], told[-1], len(told) > 2) == (3, READINGS + 3, True)

    def test_a_channel_that_goes_before_its_turn_is_left_out_and_the_page_says_so(
        self, store, teacher, course_id, kiln, pond
    ):
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks)]
        _bin(store, pond)
        archive = opened([*sent, *chunks])
        assert [row[1] for row in rows(archive, "channels.csv")] == ["channel", "'=Kiln"]
        assert b"Pond" not in b"".join(map(archive.read, archive.namelist()))
        assert "1 channel went away" in archive.read("README.txt").decode()


class TestItBreaksOff:
    """What was sent opens nowhere."""

    def broken(self, chunks, sent):
        with pytest.raises(NotFound):
            sent.extend(chunks)
        assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))

    def test_when_a_channel_goes_of_which_some_was_sent(self, store, teacher, course_id, pond):
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks)]
        _bin(store, pond)
        self.broken(chunks, sent)

    def test_when_somebody_is_of_the_staff_no_more(self, store, teacher, course_id, kiln, pond):
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks)]
        _dismiss(store, teacher)
        self.broken(chunks, sent)

    def test_even_where_they_might_see_the_channels_still(self, store, teacher, course_id, kiln, pond):
        store.tell(lambda connection: connection.execute(update(channel_table).values(visibility="college")))
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks)]
        _dismiss(store, teacher)
        self.broken(chunks, sent)

    def test_where_nobody_wants_it_any_more(self, store, teacher, course_id, kiln, pond):
        chunks = begun(store, teacher, course_id)
        sent = [next(chunks), next(chunks)]
        chunks.close()
        assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))


def _bin(store, channel) -> None:
    is_it = channel_table.c.id == channel.id
    store.tell(lambda connection: connection.execute(update(channel_table).where(is_it).values(deleted_at=NOW)))


def _dismiss(store, teacher) -> None:
    store.tell(lambda connection: connection.execute(delete(enrolment).where(enrolment.c.person_id == teacher.id)))

"""A course's archive over HTTP: who is sent it, how it looks on the way, and what stays on record."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select, update

import context
from domain.channels import Visibility
from domain.errors import NotFound
from domain.roles import Part
from domain.timespan import SECOND
from models import progress, windows
from models.schema import audit, job
from models.schema import channel as channel_table
from tests.builders import append, entry, make_channel
from tests.lab import opened_lab
from tests.people import enrol, make_course, make_person, sign_in, viewing
from tests.tokens import make_token

WORD = "a-word-nobody-else-knows"


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def course_id(lab) -> int:
    return make_course(lab.store)


@pytest.fixture
def teacher(lab, course_id):
    teacher = make_person(lab.store, "Tess Teacher", now=context.now())
    enrol(lab.store, course_id, teacher)
    return teacher


@pytest.fixture
def client(lab, teacher):
    return sign_in(lab.client, lab.store, teacher, context.now())


@pytest.fixture
def kiln(lab, course_id):
    """A channel of the course that its members alone see; its file has several pieces."""
    made = make_channel(lab.store, "Kiln", course_id=course_id, section="A", visibility=Visibility.MEMBERS)
    now = context.now()
    append(lab.store, made, *[entry(now - each * SECOND, temperature=each % 97 / 7) for each in range(1, 1500)])
    return made


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(windows, "READINGS", 400)
    monkeypatch.setattr(windows, "FEWEST", 100)


def address(course_id: int, query: str = "") -> str:
    return f"/api/v1/courses/{course_id}/export.zip{query}"


def opened(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(answer.data))


def noted(lab) -> list[str]:
    return lab.store.ask(lambda connection: list(connection.scalars(select(audit.c.act))))


class TestTheStaff:
    def test_they_are_sent_an_archive(self, client, course_id, kiln):
        answer = client.get(address(course_id))
        assert (answer.status_code, answer.content_type) == (200, "application/zip")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="engr114-2026-autumn_2')
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Length" not in answer.headers
        assert opened(answer).testzip() is None
        assert opened(answer).read("channels.csv").count(b"\r\n") == 2

    def test_every_parameter_counts(self, client, course_id, kiln):
        query = "?from=now-10m&section=A&shape=tidy&zone=Europe/Berlin&decimal=comma&excel=1&bin=1m&agg=mean,count"
        archive = opened(client.get(address(course_id, query)))
        heading, *found = archive.read(archive.namelist()[0]).decode("utf-8-sig").splitlines()
        assert heading == "time_utc;channel;feed;mean;count;unit"
        assert 10 <= len(found) <= 11
        assert "," in found[0].split(";")[3]

    def test_a_token_of_theirs_will_do(self, lab, teacher, course_id, kiln):
        headers = {"Authorization": f"Bearer {make_token(lab, teacher)}"}
        assert opened(lab.client.get(address(course_id), headers=headers)).testzip() is None

    def test_it_is_on_record(self, lab, client, course_id, kiln):
        client.get(address(course_id))
        assert noted(lab) == ["data taken away"]

    def test_to_ask_what_it_would_be_is_not(self, lab, client, course_id, kiln):
        answer = client.head(address(course_id))
        assert (answer.status_code, answer.data) == (200, b"")
        assert noted(lab) == []


class TestEverybodyElse:
    def test_for_visitors_and_strangers_there_is_no_such_course(self, lab, course_id, kiln):
        stranger = sign_in(lab.client, lab.store, make_person(lab.store), context.now())
        for client in (lab.client, stranger):
            assert client.get(address(course_id)).status_code == 404
        assert noted(lab) == []

    def test_its_students_are_refused(self, lab, course_id, kiln):
        student = make_person(lab.store)
        enrol(lab.store, course_id, student, Part.STUDENT, section="A")
        assert sign_in(lab.client, lab.store, student, context.now()).get(address(course_id)).status_code == 403
        assert noted(lab) == []


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("query", "says"),
        [
            ("?form=now-1h", "Did you mean from?"),
            ("?from=yesterday", "is not a time"),
            ("?from=now&to=now-1h", "ends before it begins"),
            ("?zone=Nowhere", "no time zone"),
            ("?section=Z", "no section"),
            ("?shape=round", "one of"),
            ("?agg=mean", "needs bin"),
            ("?bin=1ms", "length of time"),
            ("?progress=short", "progress"),
        ],
    )
    def test_a_parameter_that_cannot_be_before_anything_is_sent(self, lab, client, course_id, kiln, query, says):
        answer = client.get(address(course_id, query))
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert says in answer.json["detail"]
        assert noted(lab) == []

    @pytest.mark.parametrize("course", ["0", "-1", "x", "9999999999", "²"])
    def test_what_is_no_course(self, client, course):
        assert client.get(f"/api/v1/courses/{course}/export.zip").status_code == 404


@pytest.mark.usefixtures("small_pieces")
class TestOnItsWay:
    def test_it_is_remembered_how_far_it_is(self, lab, client, teacher, course_id, kiln):
        answer = client.get(address(course_id, f"?progress={WORD}"), buffered=False)
        chunks = answer.iter_encoded()
        next(chunks)
        found = _progress(lab, teacher, course_id)
        assert (found.total, found.is_over) == (1499, False)
        assert list(chunks)
        found = _progress(lab, teacher, course_id)
        assert (found.done, found.is_over, found.is_whole) == (1499, True, True)

    def test_asked_again_with_the_same_word_it_begins_anew(self, lab, client, course_id, kiln):
        for _ in range(2):
            client.get(address(course_id, f"?progress={WORD}"))
        assert lab.store.ask(lambda connection: len(connection.execute(select(job)).all())) == 1

    def test_others_are_told_nothing_of_it(self, lab, client, course_id, kiln):
        client.get(address(course_id, f"?progress={WORD}"))
        other = make_person(lab.store)
        enrol(lab.store, course_id, other, Part.STAFF)
        assert _progress(lab, other, course_id) is None

    def test_what_fails_in_the_middle_breaks_it_off(self, lab, client, teacher, course_id, kiln):
        answer = client.get(address(course_id, f"?progress={WORD}"), buffered=False)
        chunks = answer.iter_encoded()
        sent = [next(chunks)]
        lab.store.tell(lambda connection: connection.execute(update(channel_table).values(deleted_at=1)))
        with pytest.raises(NotFound):
            sent.extend(chunks)
        assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))
        found = _progress(lab, teacher, course_id)
        assert (found.is_over, found.is_whole) == (True, False)

    def test_who_goes_away_leaves_nothing_running(self, lab, client, teacher, course_id, kiln):
        answer = client.get(address(course_id, f"?progress={WORD}"), buffered=False)
        next(answer.iter_encoded())
        answer.close()
        found = _progress(lab, teacher, course_id)
        assert (found.is_over, found.is_whole) == (True, False)


def _progress(lab, person, course_id):
    return lab.store.ask(progress.of_course, viewing(person), course_id, WORD)

"""A course taken away through a real server: as its teacher does, and what is left when it breaks off."""

from __future__ import annotations

import http.client
import random
import socket
import zipfile

import pytest
from sqlalchemy import update

import context
from accounts.sessions import COOKIE
from domain.channels import Visibility
from domain.storage import count_in_words
from domain.timespan import SECOND
from models import bulk, rollups
from models.schema import channel as channel_table
from tests.builders import make_channel
from tests.people import begin_session, enrol, make_course, make_person, sign_in_browser

READINGS = 400_000
"""Some megabytes however they are packed: more than waits on the way to a program that does not read."""

SMALL_BUFFER = 1 << 16


@pytest.fixture
def teacher(store):
    return make_person(store, "Tess Teacher", now=context.now())


@pytest.fixture
def course_id(request, store, teacher) -> int:
    """A course with a channel full of readings that do not pack well."""
    chance = random.Random(request.node.name)
    course_id = make_course(store, f"CHEM {chance.randrange(10**9)}")
    enrol(store, course_id, teacher)
    made = make_channel(store, "Kiln", course_id=course_id, visibility=Visibility.MEMBERS)
    start = context.now() - READINGS * SECOND
    rows = [(made.feeds[0].id, start + at * SECOND, 1, chance.random(), None) for at in range(READINGS)]
    for first in range(0, READINGS, 20_000):
        piece = rows[first : first + 20_000]
        store.tell(lambda connection, piece=piece: bulk.insert_readings(connection, piece))
        store.tell(rollups.add, piece)
    return course_id


def test_a_teacher_takes_the_course_and_sees_how_far_it_is(labfeed, store, teacher, course_id, open_browser, tmp_path):
    browser = open_browser()
    sign_in_browser(browser.page.context, store, teacher, labfeed.url, context.now())
    page = browser.goto(f"{labfeed.url}/exports")
    page.locator(f'a[href="/courses/{course_id}/export"]').click()
    page.get_by_text("Everything", exact=True).click()
    page.get_by_text(count_in_words(READINGS)).wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the archive").click()
    assert download.value.suggested_filename.startswith("chem-")
    download.value.save_as(tmp_path / "course.zip")
    page.get_by_text(f"Sent: {count_in_words(READINGS)} readings.").wait_for()
    with zipfile.ZipFile(tmp_path / "course.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("channels.csv").decode().rstrip().endswith(f",{READINGS}")


def test_what_breaks_off_is_told_from_what_is_whole(labfeed, store, teacher, course_id):
    cookie = f"{COOKIE}={begin_session(store, teacher, context.now())}"
    gone = update(channel_table).where(channel_table.c.course_id == course_id).values(deleted_at=context.now())
    asked = http.client.HTTPConnection("127.0.0.1", labfeed.port, timeout=60)
    asked.sock = _narrow(labfeed.port)
    asked.request("GET", f"/api/v1/courses/{course_id}/export.zip", headers={"Cookie": cookie})
    with asked.getresponse() as answer:
        answer.read1(SMALL_BUFFER)
        store.tell(lambda connection: connection.execute(gone))
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
    asked.close()


def _narrow(port: int) -> socket.socket:
    """A connection on which little waits: the server writes no faster than is read."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    narrow.settimeout(60)
    narrow.connect(("127.0.0.1", port))
    return narrow

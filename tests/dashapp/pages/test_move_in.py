"""A file from ThingSpeak on its page: sent, looked at, made a channel, or refused and discarded."""

from __future__ import annotations

import io

import pytest

from dashapp.components.move_in_panels import Ids
from models import channels
from models.uploads import MOST_BYTES
from tests.moved import export, feed, row
from tests.people import make_person, sign_in, viewing
from tests.tab import Tab

PAGE = "/mine/move-in"
GOOD = feed(
    [row(0, 1, field1="21.50", field2="open"), row(1, 2, field1="nan", field2="shut", status="hello")],
    name="Otter kiln",
    field1="Temperature (°C)",
    field2="Door",
)
BAD = export("2026-03-08T10:00:00Z,1,5,,,,,", "never,2,6,,,,,")


@pytest.fixture
def client(lab, ada, now):
    client = sign_in(lab.client, lab.store, ada, now)
    client.get("/")
    return client


@pytest.fixture
def send(client):
    """A function: the form with a file in it, as a browser sends it."""

    def post(content: bytes | None, name: str = "feeds.json", **more):
        fields = {"_csrf_token": client.get_cookie("_csrf_token").value} | more
        if content is not None:
            fields["file"] = (io.BytesIO(content), name)
        return client.post(PAGE, data=fields, headers={"Origin": "http://localhost"})

    return post


@pytest.fixture
def looked(client, send):
    """A function: the page of a file that was sent."""
    return lambda content, **more: Tab(client, send(content, **more).headers["Location"])


@pytest.fixture
def finish(lab, client):
    """A function: what waits is done; the page then."""

    def work(tab: Tab) -> Tab:
        lab.parts.importer.work()
        return Tab(client, tab._address)

    return work


@pytest.fixture
def mine(lab, ada):
    """A function: the channels that Ada sees, by name."""
    return lambda: {each.name: each for each in lab.store.ask(channels.every)}


class TestSending:
    def test_a_file_is_looked_at_next(self, send):
        answer = send(GOOD)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?file=1")

    @pytest.mark.parametrize("content", [None, b""])
    def test_without_a_file_the_page_says_so(self, looked, content):
        assert "No file was chosen, or it is empty." in looked(content).words

    def test_a_form_of_another_site_is_refused(self, send):
        assert send(GOOD, _csrf_token="forged").status_code == 403

    def test_a_file_larger_than_a_message_of_a_board_comes_whole(self, looked):
        rows = [
            f"2026-03-08T10:{place // 60:02}:{place % 60:02}Z,{place + 1},5,{'x' * 800},,,," for place in range(500)
        ]
        assert "500 entries" in looked(export(*rows)).words

    def test_what_is_too_large_is_refused_before_it_is_read(self, client):
        headers = {"Origin": "http://localhost", "Content-Length": str(2 * MOST_BYTES), "Content-Type": "text/csv"}
        assert client.post(PAGE, input_stream=io.BytesIO(), headers=headers).status_code in (403, 413)

    def test_the_file_of_a_visitor_is_not_read(self, lab):
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        body = io.BytesIO(head + b"1" * 20_000_000 + b"\r\n--x--\r\n")
        headers = {"Origin": "http://localhost", "Content-Type": "multipart/form-data; boundary=x"}
        headers |= {"Content-Length": str(len(body.getbuffer()))}
        answer = lab.client.post(PAGE, input_stream=body, headers=headers)
        assert answer.status_code in (302, 401, 403, 413)
        assert body.tell() < 1_000_000


class TestLooking:
    def test_it_shows_the_channel_that_is_to_be(self, looked):
        tab = looked(GOOD)
        assert tab.prop(Ids.NAME, "value") == "Otter kiln"
        assert "2 entries, from 8 Mar 2026, 10:00:00 UTC to 8 Mar 2026, 10:00:01 UTC; 1 with a status." in tab.words
        assert "field1 Temperature (°C) Numbers °C 21.50, nan" in tab.words
        assert "field2 Door Words — open, shut" in tab.words

    def test_it_says_what_will_not_be_taken(self, looked):
        assert "1 value of field1 is no number, such as nan." in looked(GOOD).words

    def test_nothing_is_made_by_looking(self, looked, mine):
        looked(GOOD)
        assert mine() == {}

    def test_what_is_no_such_file_is_refused_with_the_reason(self, looked):
        assert "The file has no heading with created_at, entry_id, field1 and so on." in looked(b"a,b\n1,2\n").words

    def test_a_file_of_somebody_else_does_not_exist(self, lab, send, now):
        send(GOOD)
        hers = sign_in(lab.client, lab.store, make_person(lab.store, "Bea Stoat"), now)
        hers.get("/")
        assert "There is no such file of yours." in Tab(hers, f"{PAGE}?file=1").words

    def test_a_discarded_file_is_gone(self, looked, client):
        tab = looked(GOOD)
        tab.press(Ids.CANCEL)
        assert "Choose a file" in Tab(client, f"{PAGE}?file=1").words


class TestMaking:
    def test_the_channel_has_its_history(self, lab, ada, looked, finish, mine):
        tab = looked(GOOD)
        tab.press(Ids.CREATE)
        assert "Moved in" in (words := finish(tab).words)
        assert "3 readings stored" in words
        made = mine()["Otter kiln"]
        assert lab.store.ask(channels.find, viewing(ada), made.id).cursor == 2

    def test_name_and_who_sees_it_are_as_chosen(self, looked, mine):
        tab = looked(GOOD)
        tab.change(Ids.NAME, "value", "Heron kiln")
        tab.change(Ids.WHO_SEES, "value", "members")
        tab.press(Ids.CREATE)
        assert mine()["Heron kiln"].visibility == "members"

    def test_a_name_that_cannot_be_is_said_at_its_field(self, looked, mine):
        tab = looked(GOOD)
        tab.change(Ids.NAME, "value", " ")
        tab.press(Ids.CREATE)
        assert "Give the channel a name." in tab.words
        assert mine() == {}

    def test_bad_rows_are_left_out_only_where_that_is_said(self, looked, finish, mine):
        tab = looked(BAD)
        assert 'Line 3, created_at: "never" is not a time.' in tab.words
        tab.press(Ids.CREATE)
        assert "Rows of the file are bad." in tab.words
        assert mine() == {}
        tab.change(Ids.WITHOUT_BAD, "value", True)
        tab.press(Ids.CREATE)
        assert "1 reading stored" in finish(tab).words

    def test_what_is_refused_late_leaves_no_channel(self, looked, finish, mine):
        body = export(
            *(f"2026-03-08T10:00:0{second}Z,{place},{place},,,,," for place, second in enumerate((0, 2, 1, 0)))
        )
        tab = looked(body)
        tab.press(Ids.CREATE)
        words = finish(tab).words
        assert "Nothing was moved in" in words
        assert "Line 5, field1: 2026-03-08T10:00:00Z has 0 already, the file says 3." in words
        assert mine() == {}

    def test_one_that_waits_for_its_turn_can_be_stopped(self, lab, client, looked, mine):
        tab = looked(GOOD)
        with lab.parts.importer._busy:  # with another file
            tab.press(Ids.CREATE)
            assert "It waits for its turn." in tab.words
            tab.press(Ids.CANCEL)
        assert mine() == {}
        assert "Choose a file" in Tab(client, tab._address).words


class TestTheWay:
    def test_a_new_channel_leads_there(self, client):
        assert "Move in from ThingSpeak" in Tab(client, "/mine/new").words

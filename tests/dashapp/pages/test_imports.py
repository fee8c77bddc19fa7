"""A file on its way into a channel: sent, looked at, put right, stored in the background, taken back."""

from __future__ import annotations

import io

import pytest

from dashapp.components.import_ids import Ids, column_id, undo_id
from domain.channels import Visibility
from domain.roles import Role
from models import imports
from models.uploads import MOST_BYTES
from tests.builders import append, entry, make_channel, reread
from tests.lab import Board
from tests.people import make_member, make_person, sign_in, viewing
from tests.tab import Tab

GOOD = "time_utc,temperature [°C],door\r\n2026-03-08T14:05:00Z,21.5,open\r\n2026-03-08T14:06:00Z,0,shut\r\n"
BAD = "time,temperature\n2026-03-08 14:05:00,21.5\n2026-03-08 14:06:00,warm\n"


@pytest.fixture
def channel(lab, ada):
    made = make_channel(lab.store, "Otter kiln", feeds=("temperature:°C", "door:text"), visibility=Visibility.COLLEGE)
    make_member(lab.store, made.id, ada)
    return reread(lab.store, made)


@pytest.fixture
def client(lab, ada, now):
    client = sign_in(lab.client, lab.store, ada, now)
    client.get("/")
    return client


@pytest.fixture
def send(client, channel):
    """A function: the form with a file in it, as a browser sends it."""

    def post(content: str | bytes | None, name: str = "kiln.csv", **more):
        body = content.encode() if isinstance(content, str) else content
        fields = {"_csrf_token": client.get_cookie("_csrf_token").value} | more
        if body is not None:
            fields["file"] = (io.BytesIO(body), name)
        headers = {"Origin": "http://localhost"}
        return client.post(f"/channels/{channel.id}/import", data=fields, headers=headers)

    return post


@pytest.fixture
def looked(client, send):
    """A function: the page of a file that was sent."""
    return lambda content, **more: Tab(client, send(content, **more).headers["Location"])


@pytest.fixture
def finish(lab, client, channel):
    """A function: what waits is imported; the page then."""

    def work(tab: Tab) -> Tab:
        lab.parts.importer.work()
        return Tab(client, tab._address)

    return work


def stored(lab, channel):
    return Board(lab, channel.id, "").stored()


class TestSending:
    def test_a_file_is_looked_at_next(self, send, channel):
        answer = send(GOOD)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/channels/{channel.id}/import?file=1")

    def test_a_file_of_several_pieces_comes_whole(self, lab, ada, channel, send, now):
        content = b"time,temperature\n" + b"2026-03-08T14:05:00Z,21.5\n" * 11_000
        send(content)
        assert lab.store.ask(imports.find, viewing(ada), channel.id, 1, now).received == len(content)

    @pytest.mark.parametrize("content", [None, b""])
    def test_without_a_file_the_page_says_so(self, client, send, content):
        page = Tab(client, send(content).headers["Location"])
        assert "No file was chosen, or it is empty." in page.words

    def test_of_what_is_refused_nothing_waits(self, lab, ada, channel, send, now):
        send(b"")
        found = lab.store.ask(imports.list_of, viewing(ada), channel.id, now)
        assert [str(each.state) for each in found] == ["cancelled"]

    def test_a_form_of_another_site_is_refused(self, send):
        assert send(GOOD, _csrf_token="forged").status_code == 403

    def test_what_is_too_large_is_refused_before_it_is_read(self, client, channel):
        headers = {"Origin": "http://localhost", "Content-Length": str(2 * MOST_BYTES), "Content-Type": "text/csv"}
        answer = client.post(f"/channels/{channel.id}/import", input_stream=io.BytesIO(), headers=headers)
        assert answer.status_code in (403, 413)

    @pytest.mark.parametrize("who", ["visitor", "stranger"])
    def test_the_file_of_somebody_who_may_not_send_is_not_read(self, lab, channel, now, who):
        client = lab.client
        if who == "stranger":
            client = sign_in(client, lab.store, make_person(lab.store, "Bea Stoat"), now)
        for cookie in ("", "lf_session=x; _csrf_token=x"):
            head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            body = io.BytesIO(head + b"1" * 20_000_000 + b"\r\n--x--\r\n")
            headers = {"Origin": "http://localhost", "Content-Type": "multipart/form-data; boundary=x"}
            headers |= {"Content-Length": str(len(body.getbuffer()))} | ({"Cookie": cookie} if cookie else {})
            answer = client.post(f"/channels/{channel.id}/import", input_stream=body, headers=headers)
            assert answer.status_code in (302, 401, 403, 404, 413)
            assert body.tell() < 1_000_000, (cookie, answer.status_code, answer.text[:300])

    @pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (None, 403), (Role.EDITOR, 303)])
    def test_only_who_may_contribute_may_send(self, lab, channel, now, role, status):
        bea = make_person(lab.store, "Bea Stoat")
        if role is not None:
            make_member(lab.store, channel.id, bea, role)
        hers = sign_in(lab.client, lab.store, bea, now)
        hers.get("/")
        fields = {"_csrf_token": hers.get_cookie("_csrf_token").value, "file": (io.BytesIO(b"x"), "x.csv")}
        answer = hers.post(f"/channels/{channel.id}/import", data=fields, headers={"Origin": "http://localhost"})
        assert answer.status_code == status


class TestLooking:
    def test_columns_go_to_the_feeds_they_are_called_after(self, looked):
        tab = looked(GOOD)
        assert tab.prop(column_id("temperature [°C]"), "value") == "to:temperature"
        assert tab.prop(column_id("door"), "value") == "to:door"
        assert "8 Mar 2026, 14:05:00 21.5 open" in tab.words

    def test_nothing_is_stored_by_looking(self, lab, channel, looked):
        looked(GOOD)
        assert stored(lab, channel) == []

    def test_times_without_a_zone_are_of_the_zone_that_is_chosen(self, looked):
        tab = looked(BAD)
        tab.change(Ids.ZONE, "value", "Europe/Berlin")
        assert "8 Mar 2026, 14:05:00 CET 21.5" in tab.words

    def test_bad_rows_are_listed_by_line(self, looked):
        assert 'Line 3, temperature: "warm" is not a number.' in looked(BAD).words

    def test_a_column_can_go_elsewhere_or_nowhere(self, looked):
        tab = looked("time,left,right\n2026-03-08T14:05:00Z,1,2\n")
        tab.change(column_id("left"), "value", "to:temperature")
        tab.change(column_id("right"), "value", "out")
        assert "8 Mar 2026, 14:05:00 1" in tab.words
        assert "new feed" not in tab.words

    def test_new_feeds_are_named_before_they_are_made(self, looked):
        assert "2 new feeds: left (numbers), right (words)." in looked("time,left,right\n2026-03-08T14:05Z,1,a\n").words

    def test_two_columns_to_one_feed_cannot_be_started(self, looked):
        tab = looked("time,left,right\n2026-03-08T14:05:00Z,1,2\n")
        tab.change(column_id("right"), "value", "to:left")
        assert 'Two columns go to the feed "left".' in tab.words
        assert tab.prop(Ids.START, "disabled")

    def test_another_column_of_times_leaves_the_first_to_a_feed(self, looked):
        tab = looked("day,sent,value\n2026-03-08,2026-03-08T14:05:00Z,1\n")
        tab.change(Ids.TIME, "value", "sent")
        assert column_known(tab, "day")

    def test_other_separators_are_other_columns(self, looked):
        tab = looked("time;a,b;c\n2026-03-08T14:05:00Z;1,5;2\n")
        assert column_known(tab, "a,b")
        tab.change(Ids.SEPARATOR, "value", ",")
        assert not column_known(tab, "a,b")

    def test_what_is_no_file_of_readings_says_why(self, looked):
        tab = looked("hello")
        assert "The file is no table of readings" in tab.words
        assert Ids.CANCEL in tab.ids()

    @pytest.mark.parametrize("value", ["to:", "to:..", "nonsense", "to:time"])
    def test_what_no_control_says_is_refused(self, lab, channel, looked, value):
        tab = looked(GOOD)
        tab.change(column_id("door"), "value", value)
        tab.press(Ids.START)
        lab.parts.importer.work()
        assert {feed for feed, _ in stored(lab, channel)} <= {"temperature"}

    def test_a_file_of_another_channel_is_not_there(self, lab, ada, client, send):
        other = make_channel(lab.store, "Greenhouse", visibility=Visibility.COLLEGE)
        make_member(lab.store, other.id, ada)
        send(GOOD)
        assert "There is no such import." in Tab(client, f"/channels/{other.id}/import?file=1").words


def column_known(tab: Tab, name: str) -> bool:
    return any('"import":"column"' in key and f'"of":"{name}"' in key for key in tab.ids())


class TestFeedsThatAreNamedLate:
    LATE = "time,feed,value\n" + "".join(
        f"2026-03-08T14:{place // 60:02}:{place % 60:02}Z,{name}\n"
        for place, name in enumerate(["temperature,21.5"] * 600 + ["gate,open"] * 3)
    )

    def test_they_are_shown_with_what_the_file_has_for_them(self, looked):
        tab = looked(self.LATE)
        assert tab.prop(column_id("gate"), "value") == "to:gate"
        assert "gate open, open, open" in tab.words
        assert "1 new feed: gate (words)." in tab.words

    def test_they_can_be_led_elsewhere(self, lab, channel, looked, finish):
        tab = looked(self.LATE)
        tab.change(column_id("gate"), "value", "to:door")
        tab.press(Ids.START)
        assert "603 readings stored" in finish(tab).words
        assert stored(lab, channel)[-1] == ("door", "open")

    def test_of_a_file_too_long_to_be_looked_through_at_once_it_is_said(self, looked, finish, monkeypatch):
        monkeypatch.setattr("models.surveys.MOST_STEPS", 0)
        monkeypatch.setattr("domain.incoming.surveying.AT_ONCE", 100)
        tab = looked(self.LATE)
        assert not column_known(tab, "gate")
        assert "names only far below" in tab.words
        tab.press(Ids.START)
        assert "603 readings stored" in finish(tab).words

    def test_a_channel_that_makes_no_new_feeds_says_which_is_missing(self, lab, looked):
        lab.store.tell(lambda connection: connection.exec_driver_sql("UPDATE channel SET accepts_new_feeds = 0"))
        tab = looked(self.LATE)
        assert 'makes no new feeds, and it has none called "gate" (line 602 of the file).' in tab.words
        assert tab.prop(Ids.START, "disabled")
        tab.change(column_id("gate"), "value", "out")
        assert not tab.prop(Ids.START, "disabled")


class TestImporting:
    def test_what_was_looked_at_is_stored(self, lab, channel, looked, finish):
        tab = looked(GOOD)
        tab.press(Ids.START)
        page = finish(tab)
        assert stored(lab, channel) == [("temperature", 21.5), ("door", "open"), ("temperature", 0.0), ("door", "shut")]
        assert "4 readings stored" in page.words

    def test_all_or_nothing_stores_nothing_of_a_file_with_a_bad_row(self, lab, channel, looked, finish):
        tab = looked(BAD)
        tab.press(Ids.START)
        page = finish(tab)
        assert stored(lab, channel) == []
        assert "Nothing stored" in page.words
        assert 'Line 3, temperature: "warm" is not a number.' in page.words

    def test_good_rows_are_stored_where_that_is_chosen(self, lab, channel, looked, finish):
        tab = looked(BAD)
        tab.change(Ids.WHOLE, "value", False)
        tab.press(Ids.START)
        assert "1 reading stored" in finish(tab).words
        assert stored(lab, channel) == [("temperature", 21.5)]

    def test_conflicts_are_listed_and_what_is_stored_stays(self, lab, channel, looked, finish):
        append(lab.store, channel, entry(1_772_978_700_000_000, temperature=99))
        tab = looked(GOOD)
        tab.change(Ids.CONFLICTS, "value", "keep")
        tab.press(Ids.START)
        page = finish(tab)
        assert ("temperature", 99.0) in stored(lab, channel)
        assert "Line 2, temperature: 2026-03-08T14:05:00Z has 99 already, the file says 21.5." in page.words

    def test_started_twice_it_is_imported_once(self, looked, finish):
        tab = looked(GOOD)
        twin = Tab(tab.client, tab._address)
        tab.press(Ids.START)
        twin.press(Ids.START)
        assert "This import was started already." in twin.words
        assert "4 readings stored" in finish(tab).words

    def test_a_file_can_be_discarded(self, lab, ada, channel, looked, now):
        looked(GOOD).press(Ids.CANCEL)
        found = lab.store.ask(imports.list_of, viewing(ada), channel.id, now)
        assert [str(each.state) for each in found] == ["cancelled"]

    def test_the_history_names_file_person_and_outcome(self, looked, finish, client, channel):
        tab = looked(GOOD)
        tab.press(Ids.START)
        finish(tab)
        page = Tab(client, f"/channels/{channel.id}/import")
        assert "kiln.csv" in page.words
        assert "Ada Finch" in page.words
        assert "4 stored" in page.words

    def test_undone_it_leaves_what_was_there(self, lab, channel, looked, finish):
        append(lab.store, channel, entry(1_772_978_000_000_000, temperature=5))
        tab = looked(GOOD)
        tab.press(Ids.START)
        page = finish(tab)
        page.press(undo_id(1))
        page = finish(page)
        assert stored(lab, channel) == [("temperature", 5.0)]
        assert "Undone" in page.words

    def test_while_it_runs_the_page_looks_again(self, lab, looked):
        tab = looked(GOOD)
        assert tab.prop(Ids.AGAIN, "disabled")
        tab.press(Ids.START)
        lab.parts.importer.work()
        tab.change(Ids.AGAIN, "n_intervals", 1)
        assert "4 readings stored" in tab.words
        assert tab.prop(Ids.AGAIN, "disabled")


class TestWhoMay:
    def test_an_archived_channel_takes_no_more(self, lab, client, channel):
        lab.store.tell(lambda connection: connection.exec_driver_sql("UPDATE channel SET archived_at = 1"))
        assert "archived" in Tab(client, f"/channels/{channel.id}/import").words

    def test_a_viewer_does_not_find_the_page(self, lab, channel, now):
        cy = make_person(lab.store, "Cy Heron")
        make_member(lab.store, channel.id, cy, Role.VIEWER)
        assert Tab(sign_in(lab.client, lab.store, cy, now), f"/channels/{channel.id}/import").status == 404

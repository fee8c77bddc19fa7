"""Programs written for ThingSpeak, as their registries have them, against the real server: host and keys differ."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from tests.mover import Mover, make_mover, require_package, run_in_node
from tests.processes import require_program

KILN = [("field1", 21.5), ("field2", "open")]
FIELDS = {"field1": "21.50", "field2": "open"}


@pytest.fixture
def mover(labfeed) -> Mover:
    return make_mover(labfeed)


@pytest.fixture
def sent(mover) -> Mover:
    """Whose channel has two entries: both fields and a status, then field 1 alone."""
    for fields in (FIELDS | {"status": "lit"}, {"field1": "22"}):
        answer = requests.post(f"{mover.server}/update", data={"api_key": mover.channel.write_key} | fields, timeout=20)
        answer.raise_for_status()
    return mover


def is_now(written: str) -> bool:
    """Whether it is an instant of this test, as ThingSpeak writes it."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written)
    return abs((datetime.now(UTC) - datetime.fromisoformat(written)).total_seconds()) < 120


class TestThingspeakOfPyPI:
    """thingspeak 1.0.0: everything it sends stands in the address; it raises on every status but a good one."""

    @pytest.fixture
    def opened(self, mover) -> Callable:
        """`opened(key, fmt)`: the mover's channel, as its `Channel`."""
        channel = require_package("thingspeak").Channel
        return lambda key="", fmt="json", number=0: channel(
            number or mover.number, key or mover.channel.write_key, fmt=fmt, server_url=mover.server, timeout=20
        )

    @pytest.mark.parametrize(
        ("fmt", "answer"),
        [
            ("json", r'\{"channel_id":\d+,"created_at":"[^"]+","entry_id":1,"field1":"21.50","field2":"open",.*\}'),
            ("xml", r"<\?xml .*<feed>.*<entry-id type=\"integer\">1</entry-id><field1>21.50</field1>.*</feed>\n"),
            ("txt", "1"),
        ],
    )
    def test_update(self, mover, opened, fmt, answer):
        told = opened(fmt=fmt).update(dict(FIELDS))
        assert re.fullmatch(answer, told, re.DOTALL)
        assert mover.rows() == KILN

    def test_a_status_and_a_place_go_with_it(self, mover, opened):
        told = json.loads(opened().update({"field1": 1, "status": "ä & b", "latitude": 47.5, "longitude": 19.25}))
        assert (told["status"], told["latitude"], told["elevation"]) == ("ä & b", "47.5", None)
        assert (mover.rows(), mover.statuses()) == ([("field1", 1.0)], ["ä & b"])

    def test_an_update_too_soon_is_0_and_not_stored(self, mover, opened):
        mover.set_pace(3_600_000)
        assert [opened(fmt="txt").update({"field1": value}) for value in (1, 2)] == ["1", "0"]
        assert mover.rows() == [("field1", 1.0)]

    def test_a_wrong_key_raises(self, mover, opened):
        with pytest.raises(requests.HTTPError, match="400"):
            opened("WRONGKEYWRONGKEY").update({"field1": 1})
        assert mover.rows() == []

    @pytest.mark.parametrize("whose", ["write_key", "read_key"])
    def test_get(self, sent, opened, whose):
        told = json.loads(opened(getattr(sent.channel, whose)).get({"results": 1}))
        assert (told["channel"]["id"], told["channel"]["last_entry_id"]) == (sent.number, 2)
        assert (told["channel"]["field1"], told["channel"]["field2"]) == ("temperature", "door")
        [row] = told["feeds"]
        assert is_now(row.pop("created_at"))
        assert row == {"entry_id": 2, "field1": "22", "field2": None}

    def test_get_xml(self, sent, opened):
        told = ElementTree.fromstring(opened(fmt="xml").get())
        assert [each.text for each in told.findall("feeds/feed/field1")] == ["21.50", "22"]

    def test_get_without_a_format_is_the_json(self, sent, opened):
        assert opened(fmt="txt").get() == opened().get()

    def test_get_field(self, sent, opened):
        told = json.loads(opened().get_field(2))
        assert [row["field2"] for row in told["feeds"]] == ["open", None]
        assert all("field1" not in row for row in told["feeds"])

    def test_get_field_last(self, sent, opened):
        told = json.loads(opened().get_field_last(2))
        assert (told["entry_id"], told["field2"]) == (1, "open")
        assert [opened(fmt="txt").get_field_last(field) for field in (1, 2)] == ["22", "open"]

    def test_get_last_data_age(self, sent, opened):
        assert 0 <= int(json.loads(opened().get_last_data_age(1))["last_data_age"]) < 120
        assert 0 <= int(opened(fmt="txt").get_last_data_age(1)) < 120
        told = ElementTree.fromstring(opened(fmt="xml").get_last_data_age(1)).findtext("last-data-age", "-1")
        assert 0 <= int(told) < 120

    @pytest.mark.parametrize("whose", ["token", "write_key", "read_key"])
    def test_view(self, sent, opened, whose):
        key = sent.token if whose == "token" else getattr(sent.channel, whose)
        told = json.loads(opened(key).view())
        assert (told["id"], told["name"], told["last_entry_id"]) == (sent.number, "Otter kiln", 2)
        assert ("api_keys" in told) == (whose == "token")

    @pytest.mark.parametrize("question", [("get",), ("get_field", 1), ("get_field_last", 1), ("view",)])
    def test_reading_with_a_wrong_key_raises(self, opened, question):
        method, *words = question
        with pytest.raises(requests.HTTPError, match="400"):
            getattr(opened("WRONGKEYWRONGKEY"), method)(*words)

    def test_a_channel_that_is_not_there_raises(self, opened):
        with pytest.raises(requests.HTTPError, match="404"):
            opened(number=2_000_000_000).get()


CALL = """
const [server, options, number, keys, method, words] = process.argv.slice(1).map(JSON.parse);
const client = new (require('thingspeakclient'))({ server, ...options });
if (keys) client.attachChannel(number, keys);
client[method](...words, (error, body) => console.log(JSON.stringify([error && String(error), body])));
"""


class TestThingspeakclientOfNpm:
    """thingspeakclient 0.4.0: updates as a form with the key in a header, reads with it in `key`."""

    @pytest.fixture
    def says(self, mover) -> Callable:
        """`says("getFieldFeed", mover.number, 2)`: what its callback is given."""

        def says(method: str, *words: object, keys: dict[str, str] | None = None, **options: object) -> Any:
            keys = keys or {"writeKey": mover.channel.write_key, "readKey": mover.channel.read_key}
            options = {"useTimeoutMode": False} | options
            error, body = json.loads(run_in_node(CALL, mover.server, options, mover.number, keys, method, words))
            assert error is None
            return body

        return says

    def test_update_channel(self, mover, says):
        assert says("updateChannel", mover.number, FIELDS) == "1"
        assert says("updateChannel", mover.number, {"field2": "ajar & 50 % ä"}) == "2"
        assert mover.rows() == [*KILN, ("field2", "ajar & 50 % ä")]

    def test_its_queue(self, mover, says):
        assert says("updateChannel", mover.number, FIELDS, useTimeoutMode=True, updateTimeout=1) == "1"
        assert mover.rows() == KILN

    def test_an_update_too_soon(self, mover, says):
        mover.set_pace(3_600_000)
        assert [says("updateChannel", mover.number, {"field1": value}) for value in (1, 2)] == ["1", "0"]
        assert mover.rows() == [("field1", 1.0)]

    def test_a_wrong_key(self, mover, says):
        assert says("updateChannel", mover.number, FIELDS, keys={"writeKey": "WRONGKEYWRONGKEY"}) == "0"
        assert says("getChannelFeeds", mover.number, keys={"readKey": "WRONGKEYWRONGKEY"}) == -1
        assert mover.rows() == []

    def test_get_channel_feeds(self, sent, says):
        told = says("getChannelFeeds", sent.number, {"results": 2})
        assert told["channel"]["last_entry_id"] == 2
        assert [(row["entry_id"], row["field1"], row["field2"]) for row in told["feeds"]] == [
            (1, "21.50", "open"),
            (2, "22", None),
        ]

    def test_get_last_entry_in_channel_feed(self, sent, says):
        told = says("getLastEntryInChannelFeed", sent.number, {"status": "true"})
        assert is_now(told.pop("created_at"))
        assert told == {"entry_id": 2, "field1": "22", "field2": None, "status": None}

    def test_get_field_feed(self, sent, says):
        told = says("getFieldFeed", sent.number, 1, {"round": 0})
        assert [row["field1"] for row in told["feeds"]] == ["22", "22"]

    def test_get_last_entry_in_field_feed(self, sent, says):
        told = says("getLastEntryInFieldFeed", sent.number, 2)
        assert (told["entry_id"], told["field2"]) == (1, "open")

    def test_get_status_updates(self, sent, says):
        told = says("getStatusUpdates", sent.number)
        assert (told["channel"]["name"], [row["status"] for row in told["feeds"]]) == ("Otter kiln", ["lit", None])
        assert sent.statuses() == ["lit", None]

    def test_lists(self, labfeed, mover, says):
        shown = make_mover(labfeed, is_public=True)
        found = says("listPublicChannels", {"channel_ids": f"{shown.number},{mover.number}"})
        assert found["pagination"] == {"current_page": 1, "per_page": 15, "total_entries": 1}
        assert [each["id"] for each in found["channels"]] == [shown.number]
        assert says("listUserInfo", shown.login)["login"] == shown.login
        assert [each["id"] for each in says("listUserChannels", shown.login)["channels"]] == [shown.number]

    def test_lists_with_a_user_key(self, mover, says):
        assert says("listUserInfo", mover.login, {"key": mover.token})["login"] == mover.login
        found = says("listUserChannels", mover.login, {"key": mover.token})
        assert [each["id"] for each in found["channels"]] == [mover.number]


class TestRequestsOfCircuitPython:
    """adafruit-circuitpython-requests 4.1.17, which uses one connection for many requests."""

    @pytest.fixture
    def session(self) -> Iterator[Any]:
        session = require_package("adafruit_requests").Session(socket, ssl.create_default_context())
        yield session
        require_package("adafruit_connection_manager").connection_manager_close_all(socket)

    def test_all_that_boards_send(self, mover, session):
        key = mover.channel.write_key
        with session.get(f"{mover.server}/update?api_key={key}&field1=21.50&field2=open") as answer:
            assert (answer.status_code, answer.text) == (200, "1")
        with session.post(f"{mover.server}/update.json", json={"api_key": key, "field1": 22}) as answer:
            assert (answer.status_code, answer.json()["entry_id"]) == (200, 2)
        with session.post(f"{mover.server}/update", data={"api_key": key, "field2": "shut"}) as answer:
            assert (answer.status_code, answer.text) == (200, "3")
        with session.post(f"{mover.server}/update", data=b"field1=23", headers={"X-THINGSPEAKAPIKEY": key}) as answer:
            assert (answer.status_code, answer.text) == (200, "4")
        assert mover.rows() == [*KILN, ("field1", 22.0), ("field2", "shut"), ("field1", 23.0)]

    def test_what_it_is_answered_is_whole(self, sent, session):
        address = f"{sent.server}/channels/{sent.number}/feeds.json?api_key={sent.channel.read_key}"
        for _ in range(3):
            with session.get(address) as answer:
                assert len(answer.json()["feeds"]) == 2
                assert answer.headers["content-type"] == "application/json; charset=utf-8"

    def test_refusals_are_statuses(self, mover, session):
        with session.get(f"{mover.server}/update?api_key=WRONGKEYWRONGKEY&field1=1") as answer:
            assert (answer.status_code, answer.text) == (400, "0")
        with session.get(f"{mover.server}/channels/{mover.number}/feeds/last.json") as answer:
            assert (answer.status_code, answer.text) == (400, "-1")


class TestRequests:
    """As most scripts in Python send."""

    @pytest.mark.parametrize(
        "send",
        [
            lambda ask, key: ask.get(params={"api_key": key} | FIELDS),
            lambda ask, key: ask.post(params={"api_key": key} | FIELDS),
            lambda ask, key: ask.post(data={"api_key": key} | FIELDS),
            lambda ask, key: ask.post(json={"api_key": key} | FIELDS),
            lambda ask, key: ask.post(data=json.dumps({"api_key": key} | FIELDS)),
            lambda ask, key: ask.post(files={name: (None, text) for name, text in ({"api_key": key} | FIELDS).items()}),
            lambda ask, key: ask.post(data=FIELDS, headers={"THINGSPEAKAPIKEY": key}),
        ],
        ids=["address", "posted-address", "form", "json", "json-without-its-kind", "parts", "header"],
    )
    def test_an_update(self, mover, send):
        ask = Asking(f"{mover.server}/update")
        assert send(ask, mover.channel.write_key).text == "1"
        assert mover.rows() == KILN

    def test_many_updates_over_one_connection(self, mover):
        with requests.Session() as session:
            send = partial(session.get, f"{mover.server}/update", timeout=20)
            told = [send(params={"api_key": mover.channel.write_key, "field1": n}).text for n in range(50)]
        assert told == [str(number) for number in range(1, 51)]
        assert mover.rows() == [("field1", float(n)) for n in range(50)]

    @pytest.mark.parametrize("form", ["json", "csv"])
    def test_a_bulk_update(self, mover, form):
        key, address = mover.channel.write_key, f"{mover.server}/channels/{mover.number}/bulk_update.{form}"
        rows = [(f"2026-01-05T03:04:{second:02}Z", second) for second in range(30)]
        if form == "json":
            updates = [{"created_at": at, "field1": value} for at, value in rows]
            answer = requests.post(address, json={"write_api_key": key, "updates": updates}, timeout=20)
        else:
            written = "|".join(f"{at},{value}" for at, value in rows)
            body = {"write_api_key": key, "time_format": "absolute", "updates": written}
            answer = requests.post(address, data=body, timeout=20)
        assert (answer.status_code, answer.json()) == (202, {"success": True})
        assert mover.rows() == [("field1", float(value)) for _, value in rows]


class Asking:
    """One address, asked in different ways."""

    def __init__(self, address: str) -> None:
        self.get = partial(requests.get, address, timeout=20)
        self.post = partial(requests.post, address, timeout=20)


class TestCurl:
    @pytest.mark.parametrize(
        "words",
        [
            ["{server}/update?api_key={key}&field1=21.50&field2=open"],
            ["-d", "api_key={key}&field1=21.50&field2=open", "{server}/update"],
            ["-G", "--data-urlencode", "field1=21.50", "-d", "field2=open&key={key}", "{server}/update"],
            ["-F", "api_key={key}", "-F", "field1=21.50", "-F", "field2=open", "{server}/update"],
            ["-H", "x-thingspeakapikey: {key}", "--json", '{{"field1": "21.50", "field2": "open"}}', "{server}/update"],
            ["-0", "-H", "Host:", "{server}/update?apikey={key}&1=21.50&2=open"],
            ["-H", "Transfer-Encoding: chunked", "-d", "api_key={key}&field1=21.50&field2=open", "{server}/update"],
            ["-H", "Expect: 100-continue", "-d", "api_key={key}&field1=21.50&field2=open", "{server}/update"],
        ],
        ids=["address", "form", "address-from-data", "parts", "json", "http-1.0", "chunked", "expecting"],
    )
    def test_an_update(self, mover, words):
        told = self.curl(mover, *words)
        assert told == "1"
        assert mover.rows() == KILN

    def test_the_last_value_alone(self, sent):
        assert self.curl(sent, "{server}/channels/{number}/fields/1/last.txt?api_key={read}") == "22"
        assert self.curl(sent, "{server}/channels/{number}/fields/2/last?api_key={read}&append=!") == "open!"

    def test_a_file_of_all_entries(self, sent):
        lines = self.curl(sent, "--compressed", "{server}/channels/{number}/feeds.csv?api_key={read}").splitlines()
        assert lines[0] == "created_at,entry_id,field1,field2"
        assert [line.partition(",")[2] for line in lines[1:]] == ["1,21.50,open", "2,22,"]

    @staticmethod
    def curl(mover: Mover, *words: str) -> str:
        """What it prints, with these words filled in."""
        key, read = mover.channel.write_key, mover.channel.read_key
        filled = [word.format(server=mover.server, key=key, read=read, number=mover.number) for word in words]
        command = [require_program("curl"), "-sS", "--max-time", "20", *filled]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

"""TalkBack over HTTP: the life of a command, in every form, and with an update."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import update

from domain.keys import new_key
from domain.roles import Viewer
from domain.talkbacks import KEPT, MOST_COMMANDS
from models import deleting, entry_rows, talkback_commands, talkbacks
from models.schema import channel
from tests.builders import ALWAYS, refusals_of
from tests.lab import Board, Lab, opened_lab
from tests.people import acting, make_member, make_person

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("college")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    return lab.enrol(feeds=("field1", "field2"))


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the board's channel, as a program speaks to it."""

    lab: Lab
    board: Board
    number: int
    key: str

    @property
    def path(self) -> str:
        return f"/talkbacks/{self.number}/commands"

    def ask(self, method: str, rest: str = "", **said):
        return self.lab.client.open(f"{self.path}{rest}", method=method, data={"api_key": self.key, **said})

    def add(self, *texts: str) -> list[int]:
        return [int(self.ask("POST", command_string=text).text) for text in texts]

    def waiting(self) -> list[str]:
        return [each["command_string"] for each in self.ask("GET", ".json").json]


def make_queue(lab: Lab, board: Board, name: str = "Kiln", *, is_logged: bool = False) -> Queue:
    owner = make_person(lab.store, f"Owner of {name}")
    make_member(lab.store, board.channel_id, owner)
    actor, key = acting(owner), new_key(random.choice)
    number = lab.store.tell(talkbacks.make, actor, lab.parts.vault, board.channel_id, key, name)
    if is_logged:
        lab.store.tell(talkbacks.change, actor, board.channel_id, number, name=name, is_logged=True)
    return Queue(lab, board, number, key)


@pytest.fixture
def other(lab) -> Queue:
    """Somebody else's queue, with a command that no query may confuse with another's."""
    queue = make_queue(lab, lab.enrol(feeds=("field1",)), "Other")
    queue.add("NOISE")
    return queue


@pytest.fixture
def queue(lab, other, board) -> Queue:
    return make_queue(lab, board)


class TestAdding:
    def test_a_text_is_answered_with_the_number_of_the_command(self, queue):
        answer = queue.ask("POST", command_string="TURN_ON")
        assert answer.status_code == 200
        assert queue.ask("GET", f"/{answer.text}").text == "TURN_ON"

    def test_json_is_answered_with_the_command(self, queue):
        answer = queue.ask("POST", ".json", command_string="TURN_ON")
        told = answer.json
        assert list(told) == ["command_string", "created_at", "executed_at", "id", "position"]
        assert (told["command_string"], told["executed_at"], told["position"]) == ("TURN_ON", None, 1)
        assert told["created_at"].endswith("Z")
        assert ", " not in answer.text
        assert ": " not in answer.text

    def test_xml_is_answered_with_the_command(self, queue):
        answer = queue.ask("POST", ".xml", command_string="A<B")
        assert answer.content_type == "application/xml; charset=utf-8"
        assert '<command><command-string>A&lt;B</command-string><created-at type="dateTime">' in answer.text
        assert re.search(
            r'<executed-at nil="true"/><id type="integer">\d+</id><position type="integer">1</position>', answer.text
        )

    def test_without_a_position_it_comes_last(self, queue):
        queue.add("A", "B", "C")
        assert queue.waiting() == ["A", "B", "C"]

    @pytest.mark.parametrize(
        ("position", "order"),
        [("1", "XABC"), ("2", "AXBC"), ("3", "ABXC"), ("4", "ABCX"), ("9", "ABCX"), ("", "ABCX"), (" 2 ", "AXBC")],
    )
    def test_what_stands_at_its_position_moves_down(self, queue, position, order):
        queue.add("A", "B", "C")
        queue.ask("POST", command_string="X", position=position)
        assert queue.waiting() == list(order)

    @pytest.mark.parametrize("position", ["0", "-1", "x", "1.5", "²", "99999999999999999999"])
    def test_what_is_no_position_is_refused(self, queue, position):
        answer = queue.ask("POST", ".json", command_string="X", position=position)
        assert (answer.status_code, answer.json["error"]["error_code"]) == (400, "error_bad_request")
        assert queue.waiting() == []

    @pytest.mark.parametrize("text", ["", "  ", "\n", "x" * 256])
    def test_nothing_and_too_much_are_refused(self, queue, text):
        assert queue.ask("POST", command_string=text).status_code == 400
        assert queue.waiting() == []

    @pytest.mark.parametrize("text", ["x" * 255, "ö" * 255, "a+b&c=d %\n2", "0", "−3 °C"])
    def test_other_texts_are_handed_out_as_they_came(self, queue, text):
        queue.add(text)
        assert queue.ask("GET", "/execute").text == text

    def test_json_may_bring_it(self, queue):
        answer = queue.lab.client.post(
            f"{queue.path}.json", json={"api_key": queue.key, "command_string": 5, "position": 1}
        )
        assert (answer.status_code, answer.json["command_string"]) == (200, "5")

    def test_a_full_queue_takes_no_more(self, queue, monkeypatch):
        monkeypatch.setattr(talkback_commands, "MOST_COMMANDS", 2)
        queue.add("A", "B")
        answer = queue.ask("POST", ".json", command_string="C")
        assert (answer.status_code, answer.json["error"]["error_code"]) == (409, "error_conflict")
        assert queue.waiting() == ["A", "B"]

    def test_it_holds_eight_thousand(self):
        assert MOST_COMMANDS == 8000


class TestReading:
    def test_the_list_is_in_order_without_what_was_handed_out(self, queue):
        queue.add("A", "B", "C")
        queue.ask("GET", "/execute")
        listed = queue.ask("GET", ".json").json
        assert [(each["command_string"], each["position"]) for each in listed] == [("B", 1), ("C", 2)]

    def test_without_an_ending_the_list_is_json(self, queue):
        queue.add("A")
        assert queue.ask("GET").text == queue.ask("GET", ".json").text

    def test_as_xml_it_is_an_array(self, queue):
        queue.add("A", "B")
        text = queue.ask("GET", ".xml").text
        assert text.count("<command>") == 2
        assert '<commands type="array">' in text

    def test_one_command_is_a_text_or_an_object(self, queue):
        _, number = queue.add("A", "B")
        assert queue.ask("GET", f"/{number}").text == "B"
        assert queue.ask("GET", f"/{number}.json").json["position"] == 2

    def test_its_times_are_in_the_zone_that_is_asked_for(self, queue):
        queue.add("A")
        assert queue.ask("GET", ".json", timezone="Asia/Tokyo").json[0]["created_at"].endswith("+09:00")

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    @pytest.mark.parametrize("which", [None, 999_999, 10**20])
    def test_a_command_of_another_queue_is_not_found(self, queue, other, method, which):
        which = which or other.ask("GET", ".json").json[0]["id"]
        answer = queue.ask(method, f"/{which}.json", command_string="X")
        assert (answer.status_code, answer.json["error"]["error_code"]) == (404, "error_resource_not_found")
        assert other.waiting() == ["NOISE"]


class TestChanging:
    def test_another_text(self, queue):
        (number,) = queue.add("OPEN")
        assert queue.ask("PUT", f"/{number}", command_string="CLOSE").text == "CLOSE"
        assert queue.waiting() == ["CLOSE"]

    @pytest.mark.parametrize("moved", "ABCD")
    @pytest.mark.parametrize("position", [1, 2, 3, 4, 7])
    def test_another_position(self, queue, moved, position):
        numbers = dict(zip("ABCD", queue.add(*"ABCD"), strict=True))
        told = queue.ask("PUT", f"/{numbers[moved]}.json", position=position).json
        order = [each for each in "ABCD" if each != moved]
        order.insert(position - 1, moved)
        assert queue.waiting() == order
        assert told["position"] == order.index(moved) + 1

    def test_with_nothing_to_change_it_says_so(self, queue):
        (number,) = queue.add("A")
        answer = queue.ask("PUT", f"/{number}.json")
        assert (answer.status_code, answer.json["error"]["error_code"]) == (421, "error_no_action")

    def test_what_was_handed_out_is_not_changed_any_more(self, queue):
        (number,) = queue.add("A")
        queue.ask("GET", "/execute")
        assert queue.ask("PUT", f"/{number}", command_string="B").status_code == 409
        assert queue.ask("GET", "/last").text == "A"


class TestRemoving:
    def test_one(self, queue):
        number, _ = queue.add("A", "B")
        assert queue.ask("DELETE", f"/{number}").text == str(number)
        assert queue.waiting() == ["B"]

    def test_json_tells_the_command_as_it_was(self, queue):
        _, number = queue.add("A", "B")
        gone = queue.ask("DELETE", f"/{number}.json").json
        assert (gone["command_string"], gone["position"]) == ("B", 2)

    @pytest.mark.parametrize(("ending", "body"), [("", ""), (".txt", ""), (".json", "[]")])
    def test_all_that_wait(self, queue, other, ending, body):
        queue.add("A", "B", "C")
        queue.ask("GET", "/execute")
        answer = queue.ask("DELETE", ending)
        assert (answer.status_code, answer.text) == (200, body)
        assert queue.waiting() == []
        assert queue.ask("GET", "/last").text == "A"
        assert other.waiting() == ["NOISE"]


class TestExecuting:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_each_is_handed_out_once_in_order(self, queue, method):
        queue.add("A", "B")
        assert [queue.ask(method, "/execute").text for _ in range(3)] == ["A", "B", ""]

    def test_json_tells_when(self, queue):
        queue.add("A")
        told = queue.ask("POST", "/execute.json").json
        assert (told["command_string"], told["position"]) == ("A", None)
        assert told["executed_at"] >= told["created_at"]

    @pytest.mark.parametrize(("ending", "body"), [("", ""), (".txt", ""), (".json", "{}"), (".xml", "<hash></hash>")])
    def test_an_empty_queue_has_nothing_to_say(self, queue, ending, body):
        answer = queue.ask("GET", f"/execute{ending}")
        assert answer.status_code == 200
        assert answer.text.removeprefix('<?xml version="1.0" encoding="UTF-8"?>').strip() == body
        assert answer.headers["Content-Length"] == str(len(answer.data))

    def test_a_look_at_the_headers_hands_nothing_out(self, queue):
        queue.add("A")
        assert queue.ask("HEAD", "/execute").status_code == 405
        assert queue.waiting() == ["A"]

    def test_browsers_run_nothing_of_it(self, queue):
        queue.add(SCRIPT)
        answer = queue.ask("GET", "/execute")
        assert answer.text == SCRIPT
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_before_the_first_there_is_no_last(self, queue):
        answer = queue.ask("GET", "/last.json")
        assert (answer.status_code, answer.json["error"]["error_code"]) == (404, "error_resource_not_found")

    def test_the_last_is_what_was_handed_out_last(self, queue):
        _, _, third = queue.add("B", "C", "A")
        queue.ask("PUT", f"/{third}", position=2)
        for _ in range(2):
            queue.ask("GET", "/execute")
        assert queue.ask("GET", "/last").text == "A"
        assert queue.ask("GET", "/last.json").json["position"] is None

    def test_the_oldest_are_forgotten(self, queue):
        numbers = queue.add(*map(str, range(KEPT + 2)))
        for _ in numbers:
            queue.ask("GET", "/execute")
        assert queue.ask("GET", f"/{numbers[1]}").status_code == 404
        assert queue.ask("GET", f"/{numbers[2]}").status_code == 200

    def test_boards_that_ask_at_once_get_different_commands(self, queue):
        queue.add(*map(str, range(20)))
        start, got = Barrier(4), []

        def fetch() -> None:
            start.wait()
            got.extend(queue.ask("GET", "/execute").text for _ in range(5))

        threads = [Thread(target=fetch) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got, key=int) == list(map(str, range(20)))

    def test_it_is_seen_that_somebody_asked(self, lab, queue):
        queue.ask("GET", "/execute")
        lab.do_chores()
        owner = make_person(lab.store, "Owner of Kiln")
        (shown,) = lab.store.ask(talkbacks.list_of, lab.parts.vault, acting(owner).viewer, queue.board.channel_id)
        assert shown.last_used_from == "127.0.0.1"


EVERYTHING = [
    ("GET", ""),
    ("POST", ""),
    ("DELETE", ""),
    ("GET", "/last"),
    ("GET", "/execute"),
    ("POST", "/execute"),
    ("GET", "/<command>"),
    ("PUT", "/<command>"),
    ("DELETE", "/<command>"),
]


class TestKeys:
    @pytest.mark.parametrize(("method", "rest"), EVERYTHING)
    @pytest.mark.parametrize("which", ["none", "a typo", "another queue's", "the channel's"])
    def test_without_its_own_key_a_queue_does_not_exist(self, queue, other, method, rest, which):
        (number,) = queue.add("SECRET")
        keys = {"none": "", "a typo": "X" * 16, "another queue's": other.key, "the channel's": queue.board.key}
        asked = replace(queue, key=keys[which])
        answer = asked.ask(method, f"{rest.replace('<command>', str(number))}.json", command_string="X")
        assert answer.status_code == 401
        assert answer.json["status"] == "401"
        assert answer.json["error"]["error_code"] == "error_auth_required"
        assert "SECRET" not in answer.text
        assert queue.waiting() == ["SECRET"]

    @pytest.mark.parametrize("number", [999, 10**20])
    def test_a_number_that_no_queue_has_is_answered_alike(self, queue, number):
        assert replace(queue, number=number).ask("GET", "/execute").status_code == 401

    @pytest.mark.parametrize("name", ["key", "api_key", "apikey"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_any_parameter_carries_it_in_the_address_too(self, queue, name, method):
        queue.add("A")
        assert queue.lab.client.open(f"{queue.path}/execute?{name}={queue.key}", method=method).text == "A"

    @pytest.mark.parametrize("name", ["THINGSPEAKAPIKEY", "X-THINGSPEAKAPIKEY"])
    def test_a_header_carries_it(self, queue, name):
        queue.add("A")
        assert queue.lab.client.get(f"{queue.path}/execute", headers={name: queue.key}).text == "A"

    def test_of_a_deleted_channel_no_queue_is_left(self, lab, queue):
        queue.add("A")
        owner = acting(make_person(lab.store, "Owner of Kiln"))
        lab.store.tell(deleting.put_into_bin, owner, queue.board.channel_id)
        assert queue.ask("GET", "/execute").status_code == 401

    def test_a_renewed_key_takes_the_place_of_the_old_one(self, lab, queue):
        queue.add("A")
        owner, key = acting(make_person(lab.store, "Owner of Kiln")), new_key(random.choice)
        lab.store.tell(talkbacks.renew_key, owner, lab.parts.vault, queue.board.channel_id, queue.number, key)
        assert queue.ask("GET", "/execute").status_code == 401
        assert replace(queue, key=key).ask("GET", "/execute").text == "A"


def stored(board: Board) -> list:
    return [value for _, value in board.stored()]


@pytest.mark.parametrize("method", ["GET", "POST"])
class TestWithAnUpdate:
    """In the lane in front of Flask (plain, .json) and behind it (`/s/update`) alike."""

    PATHS = ("/update", "/s/update")

    @pytest.mark.parametrize("path", PATHS)
    def test_the_command_is_the_answer(self, queue, board, method, path):
        queue.add("A", "B")
        said = {"api_key": board.key, "field1": "5", "talkback_key": queue.key}
        answer = board.lab.client.open(path, method=method, **carried(method, said))
        assert (answer.status_code, answer.text) == (200, "A")
        assert stored(board) == [5.0]
        assert queue.waiting() == ["B"]

    @pytest.mark.parametrize("path", PATHS)
    def test_as_json(self, queue, board, method, path):
        queue.add("A")
        said = {"api_key": board.key, "field1": "5", "talkback_key": queue.key}
        answer = board.lab.client.open(f"{path}.json", method=method, **carried(method, said))
        assert (answer.json["command_string"], answer.json["position"]) == ("A", None)

    @pytest.mark.parametrize(("ending", "body"), [("", ""), (".json", "{}")])
    def test_nothing_queued_is_a_blank(self, queue, board, method, ending, body):
        said = {"api_key": board.key, "field1": "5", "talkback_key": queue.key}
        answer = board.lab.client.open(f"/update{ending}", method=method, **carried(method, said))
        assert (answer.status_code, answer.text) == (200, body)
        assert stored(board) == [5.0]

    def test_a_wrong_write_key_hands_nothing_out(self, queue, board, method):
        queue.add("A")
        said = {"api_key": "X" * 16, "field1": "5", "talkback_key": queue.key}
        answer = board.lab.client.open("/update", method=method, **carried(method, said))
        assert (answer.status_code, answer.text) == (400, "0")
        assert queue.waiting() == ["A"]

    def test_an_update_that_comes_too_soon_hands_nothing_out(self, queue, board, method):
        board.lab.store.tell(lambda connection: connection.execute(update(channel).values(pace_ms=3_600_000)))
        queue.add("A", "B")
        said = {"api_key": board.key, "field1": "5", "talkback_key": queue.key}
        texts = [board.lab.client.open("/update", method=method, **carried(method, said)).text for _ in range(2)]
        assert texts == ["A", "0"]
        assert queue.waiting() == ["B"]

    @pytest.mark.parametrize("wrong", ["X" * 16, "the channel's"])
    def test_with_a_key_of_no_queue_it_is_an_update_and_the_owner_is_told(self, lab, queue, board, method, wrong):
        queue.add("A")
        said = {"api_key": board.key, "field1": "5", "talkback_key": board.key if wrong == "the channel's" else wrong}
        answer = board.lab.client.open("/update", method=method, **carried(method, said))
        assert (answer.status_code, answer.text) == (200, "1")
        assert queue.waiting() == ["A"]
        lab.do_chores()
        ((_, code, count, sentence),) = lab.store.ask(refusals_of, board.channel_id)
        assert (code, count) == ("key-unknown", 1)
        assert "talkback_key" in sentence

    def test_the_command_of_another_channels_queue_may_be_fetched(self, other, board, method):
        said = {"api_key": board.key, "talkback_key": other.key}
        assert board.lab.client.open("/update", method=method, **carried(method, said)).text == "NOISE"


def carried(method: str, said: dict[str, str]) -> dict:
    return {"query_string": said} if method == "GET" else {"data": said}


class TestLogging:
    """A queue that is logged writes what it hands out into its channel, as a status."""

    def statuses(self, board: Board) -> list[str | None]:
        viewer = Viewer.with_key_of(board.channel_id)
        found = board.lab.store.ask(entry_rows.newest, viewer, board.channel_id, ALWAYS, 100)
        return [row.status for row in found.rows]

    def test_it_is_an_entry_of_its_own(self, lab, board):
        queue = make_queue(lab, board, is_logged=True)
        queue.add("A")
        queue.ask("GET", "/execute")
        queue.ask("GET", "/execute")
        assert self.statuses(board) == ["A"]

    def test_after_the_entry_of_its_update(self, lab, board):
        queue = make_queue(lab, board, is_logged=True)
        queue.add("A")
        said = {"api_key": board.key, "field1": "5", "talkback_key": queue.key}
        assert board.lab.client.post("/update", data=said).text == "A"
        assert self.statuses(board) == [None, "A"]

    def test_others_are_not(self, queue, board):
        queue.add("A")
        queue.ask("GET", "/execute")
        assert self.statuses(board) == []

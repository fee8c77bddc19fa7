"""The door for boards over HTTP: every form of a message, every place of a key, every refusal."""

from __future__ import annotations

import gzip
import io
import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, select

from domain.roles import Right
from domain.timespan import SECOND, moment_from, to_rfc3339
from models.schema import key
from models.store import Store
from tests.builders import refusals_of
from tests.ingest.refused_messages import FORM, READINGS, REFUSALS
from tests.lab import Board, Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        lab.enrol().post([{"temperature": -999, "door": "noise"}] * 3)
        yield lab


@pytest.fixture
def board(lab) -> Board:
    return lab.enrol()


@pytest.fixture
def now(lab) -> int:
    """The server's clock, for messages that say when."""
    return moment_from(lab.client.get("/time").json["time"], 0)


def receipt(response) -> dict:
    assert response.status_code == 201, response.text
    assert response.content_type == "application/json"
    return response.json


class TestBodies:
    def test_an_object_of_feeds(self, board):
        told = receipt(board.post({"temperature": 21.4, "door": "open"}))
        assert told.keys() == {"entry_id", "stored", "repeated", "server_time"}
        assert (told["entry_id"], told["stored"], told["repeated"]) == (1, 2, 0)
        assert board.stored() == [("temperature", 21.4), ("door", "open")]

    def test_a_list_of_them(self, board):
        told = receipt(board.post([{"temperature": 1}, {"temperature": 2, "door": "open"}]))
        assert (told["entry_id"], told["entries"], told["stored"]) == (2, 2, 3)

    def test_an_object_with_values_beside_what_belongs_to_the_entry(self, board, now):
        at = to_rfc3339(now)
        message = {"at": at, "values": {"temperature": 1}, "status": "well", "latitude": 48.1, "longitude": 11.6}
        assert receipt(board.post(message))["stored"] == 1
        assert board.rows() == [("temperature", now, 1.0)]

    def test_a_list_of_both_forms(self, board):
        assert receipt(board.post([{"temperature": 1}, {"values": {"temperature": 2}}]))["stored"] == 2

    def test_a_status_alone(self, board):
        assert receipt(board.post({"values": {}, "status": "started"}))["stored"] == 0
        assert board.channel.cursor == 1

    def test_a_form(self, board):
        told = receipt(board.post("temperature=21.4&door=open", content_type=FORM))
        assert told["stored"] == 2
        assert board.stored() == [("temperature", 21.4), ("door", "open")]

    def test_json_that_calls_itself_a_form(self, board):
        assert receipt(board.post('{"temperature": 21.4}', content_type=FORM))["stored"] == 1

    def test_json_without_a_content_type(self, board):
        assert receipt(board.post('{"temperature": 21.4}'))["stored"] == 1

    @pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/json", "application/vnd.x+json"])
    def test_json_by_another_name(self, board, kind):
        assert receipt(board.post('{"temperature": 21.4}', content_type=kind))["stored"] == 1

    def test_gzip(self, board):
        body = gzip.compress(json.dumps([{"temperature": each} for each in range(100)]).encode())
        assert receipt(board.post(body, headers={"Content-Encoding": "gzip"}))["stored"] == 100

    def test_a_packed_form_with_the_key_in_it(self, lab, board):
        body = gzip.compress(f"api_key={board.key}&temperature=1".encode())
        sent = lab.client.post(READINGS, data=body, content_type=FORM, headers={"Content-Encoding": "gzip"})
        assert receipt(sent)["stored"] == 1

    def test_zero_is_a_value(self, board):
        board.post({"temperature": 0, "door": ""})
        assert board.stored() == [("temperature", 0.0), ("door", "")]

    def test_a_numeric_text_is_a_number_for_a_feed_of_numbers(self, board):
        board.post({"temperature": "21.50"})
        assert board.stored() == [("temperature", 21.5)]

    def test_the_channel_may_be_named(self, board):
        assert receipt(board.post({"temperature": 1}, f"/api/v1/channels/{board.channel_id}/readings"))["stored"] == 1

    def test_a_body_in_chunks(self, lab, board):
        environ = {"wsgi.input_terminated": True, "HTTP_X_API_KEY": board.key, "HTTP_TRANSFER_ENCODING": "chunked"}
        sent = lab.client.post(READINGS, input_stream=io.BytesIO(b'{"temperature": 1}'), environ_overrides=environ)
        assert receipt(sent)["stored"] == 1


class TestBareValues:
    @pytest.mark.parametrize(
        ("feed", "body", "options", "value"),
        [
            ("temperature", "21.4", {}, 21.4),
            ("temperature", "0", {}, 0.0),
            ("temperature", " 21.4\r\n", {}, 21.4),
            ("temperature", '{"value": 21.4}', {}, 21.4),
            ("temperature", "21.4", {"content_type": "text/plain"}, 21.4),
            ("temperature", "21.4", {"content_type": "application/json"}, 21.4),
            ("temperature", "value=21.4", {"content_type": FORM}, 21.4),
            ("temperature", "21.4", {"content_type": FORM}, 21.4),
            ("door", '"open"', {}, "open"),
            ("door", "open", {}, "open"),
            ("door", "half open", {}, "half open"),
        ],
    )
    def test_one_value_for_the_feed_of_the_address(self, board, feed, body, options, value):
        path = f"/api/v1/channels/{board.channel_id}/feeds/{feed}"
        assert receipt(board.post(body, path, **options))["stored"] == 1
        assert board.stored() == [(feed, value)]

    def test_it_may_say_when(self, board, now):
        path = f"/api/v1/channels/{board.channel_id}/feeds/temperature"
        board.post({"value": 1, "at": to_rfc3339(now - SECOND)}, path)
        assert board.rows() == [("temperature", now - SECOND, 1.0)]

    def test_the_feed_may_be_new(self, board):
        told = receipt(board.post("40", f"/api/v1/channels/{board.channel_id}/feeds/humidity"))
        assert told["new_feeds"] == ["humidity"]


class TestTheAddressBar:
    def test_readings_stand_in_the_address(self, lab, board):
        sent = lab.client.get(f"/api/v1/write?api_key={board.key}&temperature=21.4&door=open")
        assert receipt(sent)["stored"] == 2
        assert board.stored() == [("temperature", 21.4), ("door", "open")]

    def test_no_cache_keeps_the_answer(self, lab, board):
        sent = lab.client.get(f"/api/v1/write?api_key={board.key}&temperature=21.4")
        assert sent.headers["Cache-Control"] == "no-store"

    def test_it_may_say_when(self, lab, board, now):
        at = to_rfc3339(now - SECOND)
        receipt(lab.client.get("/api/v1/write", query_string={"api_key": board.key, "temperature": "1", "at": at}))
        assert board.rows() == [("temperature", now - SECOND, 1.0)]

    def test_the_key_may_be_in_a_header(self, lab, board):
        sent = lab.client.get("/api/v1/write?temperature=1", headers={"X-API-Key": board.key})
        assert receipt(sent)["stored"] == 1


def basic(words: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(words.encode()).decode()}


CARRIERS: dict[str, Callable[[str], dict]] = {
    "X-API-Key": lambda key: {"headers": {"X-API-Key": key}},
    "X-API-Key with blanks": lambda key: {"headers": {"X-API-Key": f"  {key}  "}},
    "Bearer": lambda key: {"headers": {"Authorization": f"Bearer {key}"}},
    "bearer with blanks": lambda key: {"headers": {"Authorization": f"bearer   {key} "}},
    "Basic password": lambda key: {"headers": basic(f"board:{key}")},
    "Basic password with a line end": lambda key: {"headers": basic(f":{key}\n")},
    "parameter": lambda key: {"query_string": {"api_key": key}},
    "parameter with blanks and a line end": lambda key: {"query_string": {"api_key": f" {key}\r\n"}},
    "parameter beside an empty header": lambda key: {"query_string": {"api_key": key}, "headers": {"X-API-Key": ""}},
}


class TestKeys:
    @pytest.mark.parametrize("carrier", CARRIERS)
    @pytest.mark.parametrize(
        "path", [READINGS, "/api/v1/channels/{channel}/readings", "/api/v1/channels/{channel}/feeds/temperature"]
    )
    def test_it_may_stand_in_every_place(self, lab, board, carrier, path):
        address = path.format(channel=board.channel_id)
        body = "21.4" if address.endswith("temperature") else '{"temperature": 21.4}'
        assert receipt(lab.client.post(address, data=body, **CARRIERS[carrier](board.key)))["stored"] == 1

    @pytest.mark.parametrize("kind", [FORM, FORM.title(), f"{FORM}; charset=utf-8"])
    def test_it_may_stand_in_a_form(self, lab, board, kind):
        sent = lab.client.post(READINGS, data=f"temperature=1&api_key=%20{board.key}\r\n", content_type=kind)
        assert receipt(sent)["stored"] == 1

    def test_its_use_is_noted(self, lab, board):
        board.post({"temperature": 1})
        lab.do_chores()
        question = select(key.c.last_used_door, key.c.last_used_from).where(key.c.channel_id == board.channel_id)
        assert lab.store.ask(lambda connection: tuple(connection.execute(question).one())) == ("http", "127.0.0.1")


class TestTimes:
    @pytest.mark.parametrize(
        "written",
        [
            lambda at: to_rfc3339(at),
            lambda at: to_rfc3339(at).replace("Z", "+00:00"),
            lambda at: at / 1e6,
            lambda at: at // 1000,
            lambda at: at,
            lambda at: at * 1000,
            lambda at: str(at // 1000),
        ],
        ids=["RFC 3339", "zone", "s", "ms", "us", "ns", "text"],
    )
    def test_a_message_may_say_when(self, board, now, written):
        at = now // 1000 * 1000 - 5 * SECOND
        assert receipt(board.post({"at": written(at), "temperature": 1}))["stored"] == 1
        assert board.rows() == [("temperature", at, 1.0)]

    def test_or_how_long_ago(self, board, now):
        receipt(board.post({"age_ms": 5000, "temperature": 1}))
        [(_, at, _)] = board.rows()
        assert 0 <= at - (now - 5 * SECOND) < 60 * SECOND

    def test_without_it_is_the_arrival(self, board, now):
        told = receipt(board.post({"temperature": 1}))
        [(_, at, _)] = board.rows()
        assert to_rfc3339(at) == told["server_time"]
        assert at >= now

    def test_arrivals_are_told_apart(self, board):
        for _ in range(5):
            receipt(board.post([{"temperature": 1}] * 5))
        assert len({at for _, at, _ in board.rows()}) == 25


class TestRepeats:
    def test_the_same_again_stores_nothing(self, board, now):
        message = {"at": to_rfc3339(now), "temperature": 1}
        receipt(board.post(message))
        told = receipt(board.post(message))
        assert (told["entry_id"], told["stored"], told["repeated"]) == (1, 0, 1)


class TestIdempotency:
    def test_the_same_message_gets_the_same_receipt(self, board):
        first, again = (
            receipt(board.post({"temperature": 1}, headers={"Idempotency-Key": "a-1"})) | {"server_time": ""}
            for _ in range(2)
        )
        assert first == again
        assert len(board.stored()) == 1

    def test_another_token_is_another_message(self, board):
        for token in ("a-1", "a-2"):
            receipt(board.post({"temperature": 1}, headers={"Idempotency-Key": token}))
        assert len(board.stored()) == 2

    def test_two_boards_may_use_the_same_token(self, lab, board):
        other = lab.enrol()
        for each in (board, other):
            receipt(each.post({"temperature": 1}, headers={"Idempotency-Key": "a-1"}))
        assert len(other.stored()) == 1

    def test_the_same_body_at_another_address_is_another_message(self, board):
        token = {"Idempotency-Key": "a-1"}
        receipt(board.post({"temperature": 1}, headers=token))
        sent = board.post({"temperature": 1}, f"/api/v1/channels/{board.channel_id}/readings", headers=token)
        assert sent.status_code == 422


class TestNewFeeds:
    def test_a_board_makes_them_by_using_them(self, board):
        told = receipt(board.post({"humidity": 40, "mood": "fine"}))
        assert told["new_feeds"] == ["humidity", "mood"]
        assert [(feed.name, str(feed.kind), feed.unit) for feed in board.channel.feeds[2:]] == [
            ("humidity", "number", "%RH"),
            ("mood", "text", None),
        ]

    def test_the_next_message_uses_them(self, board):
        receipt(board.post({"humidity": 40}))
        assert "new_feeds" not in receipt(board.post({"humidity": 41}))

    def test_two_boards_of_one_channel_may_make_the_same(self, lab, board):
        other = Board(lab, board.channel_id, lab.make_key(board.channel_id, Right.WRITE))
        other.post({"temperature": 1})
        receipt(board.post({"humidity": 40}))
        assert "new_feeds" not in receipt(other.post({"humidity": 41}))


class TestLenient:
    def send(self, board, message):
        return board.post(message, headers={"Prefer": "handling=lenient"})

    def test_good_rows_are_stored_and_the_others_listed(self, board):
        told = receipt(self.send(board, [{"temperature": 1}, {"temperature": None}, {"temperature": "x"}]))
        assert told["stored"] == 1
        assert [each["pointer"] for each in told["refused"]] == ["/1/temperature", "/2/temperature"]
        assert board.stored() == [("temperature", 1.0)]

    def test_where_nothing_is_good_it_is_refused(self, board):
        assert self.send(board, [{"temperature": None}]).status_code == 422

    def test_what_is_not_json_is_refused_all_the_same(self, board):
        assert self.send(board, "{").status_code == 400

    def test_where_all_is_good_nothing_is_listed(self, board):
        assert "refused" not in receipt(self.send(board, [{"temperature": 1}]))

    def test_without_it_the_message_is_refused_whole(self, board):
        assert board.post([{"temperature": 1}, {"temperature": None}]).status_code == 422
        assert board.stored() == []


@pytest.fixture(scope="module")
def limited(tmp_path_factory) -> Iterator[Lab]:
    """An app whose keys may send five readings, and one more in an hour."""
    with opened_lab(tmp_path_factory.mktemp("limited"), RATE_LIMIT="1/h burst 5") as lab:
        yield lab


class TestRate:
    def test_every_receipt_tells_where_the_key_stands(self, limited):
        sent = limited.enrol().post({"temperature": 1, "door": "open"})
        assert sent.headers["RateLimit"].startswith('"readings";r=3;')
        assert sent.headers["RateLimit-Policy"].startswith('"readings";q=5;')

    def test_too_fast_is_told_when_to_come_back(self, limited):
        board = limited.enrol()
        receipt(board.post([{"temperature": 1}] * 5))
        refused = board.post({"temperature": 1})
        assert (refused.status_code, refused.json["type"]) == (429, "/problems/too-fast")
        assert 3500 <= int(refused.headers["Retry-After"]) <= 3600
        assert 3500 <= refused.json["retry_after"] <= 3600
        assert refused.headers["RateLimit"].startswith('"readings";r=0;')
        assert refused.json["detail"].endswith(".")
        assert len(board.stored()) == 5

    def test_each_key_has_its_own(self, limited):
        board = limited.enrol()
        receipt(board.post([{"temperature": 1}] * 5))
        other = Board(limited, board.channel_id, limited.make_key(board.channel_id, Right.WRITE))
        receipt(other.post({"temperature": 1}))

    def test_what_is_refused_counts_too(self, limited):
        board = limited.enrol()
        for _ in range(5):
            assert board.post({"temperature": None}).status_code == 422
        assert board.post({"temperature": 1}).status_code == 429

    def test_rehearsals_may_send_as_they_like(self, limited):
        board = limited.enrol(is_rehearsal=True)
        for _ in range(3):
            assert "RateLimit" not in board.post([{"temperature": 1}] * 5).headers

    def test_switched_off_nothing_is_told(self, board):
        assert "RateLimit" not in board.post({"temperature": 1}).headers


class TestRefusals:
    @pytest.mark.parametrize("name", REFUSALS)
    def test_each_is_a_problem_with_a_sentence_and_stores_nothing(self, lab, name):
        refusal = REFUSALS[name]
        board = lab.enrol()
        board = refusal.changes(board) or board
        before, channel = lab.count_rows(), board.channel
        refused = board.post(refusal.body, refusal.path.format(channel=board.channel_id), **refusal.options)
        expect_problem(refused, refusal.status, refusal.code, refusal.says)
        assert lab.count_rows() == before
        assert board.channel == channel

    def test_what_a_board_was_refused_is_noted_for_its_page(self, lab, board):
        board.post({"temperature": "warm"})
        lab.do_chores()
        [(_, code, count, detail)] = lab.store.ask(refusals_of, board.channel_id)
        assert (code, count) == ("invalid", 1)
        assert "temperature" in detail

    def test_a_full_queue(self, lab, board, monkeypatch):
        monkeypatch.setattr(lab.parts.writer, "_queue_limit", 0)
        before = lab.count_rows()
        refused = board.post({"temperature": 1})
        expect_problem(refused, 503, "busy", ("wait",))
        assert refused.headers["Retry-After"] == "1"
        assert lab.count_rows() == before

    def test_a_full_disk(self, lab, board):
        before = lab.count_rows()
        with full_disk(lab.store):
            refused = board.post([{"temperature": each} for each in range(5000)])
        expect_problem(refused, 507, "storage-full", ("disk",))
        assert lab.count_rows() == before
        assert board.post({"temperature": 1}).status_code == 201

    def test_the_address_bar_refuses_alike(self, lab, board):
        refused = lab.client.get(f"/api/v1/write?api_key={board.key}&temperature=warm")
        expect_problem(refused, 422, "invalid", ("temperature", "warm"))
        assert refused.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(("method", "path"), [("DELETE", READINGS), ("PUT", READINGS), ("POST", "/api/v1/write")])
    def test_another_method(self, lab, method, path):
        refused = lab.client.open(path, method=method)
        expect_problem(refused, 405, "method-not-allowed", ())
        assert refused.headers["Allow"]


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    """The database cannot grow meanwhile, whichever connection writes: one that failed is replaced by another."""
    pages = store.ask(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar())

    def limit(connection, _record) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    def allow(connection: Connection, to: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={to}")

    event.listen(store.engine, "connect", limit)
    store.tell(allow, pages)
    try:
        yield
    finally:
        event.remove(store.engine, "connect", limit)
        store.tell(allow, 2**30)


def expect_problem(response, status: int, code: str, says: tuple[str, ...]) -> None:
    """The refusal is a problem document whose sentence a student understands."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    problem = response.json
    assert (problem["type"], problem["status"]) == (f"/problems/{code}", status)
    assert problem["title"]
    for words in says:
        assert words in problem["detail"]
    assert problem["detail"][0].isupper() or problem["detail"][0] in "\"'-"
    assert problem["detail"].endswith(".")
    if status == 401:
        assert "WWW-Authenticate" in response.headers


def spoken(port: int, request: bytes) -> tuple[int, dict]:
    """The status and the JSON that a server answers to these bytes, spoken as a microcontroller does."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        head, _, body = receive_answer(connection).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def receive_answer(connection: socket.socket) -> bytes:
    """All of an answer that closes the connection or ends with its JSON object."""
    answer = b""
    while not (answer.endswith(b"}") and b"\r\n\r\n" in answer):
        part = connection.recv(65536)
        if not part:
            break
        answer += part
    return answer


@pytest.fixture(scope="module")
def plain_key(shared_labfeed) -> str:
    """The key of a channel on the real server."""
    return shared_labfeed.create_channel("Plain").write_key


class TestPlainHttp:
    """Boards speak the least HTTP there is, to the real server."""

    BODY = b'{"temperature": 21.4}'

    @pytest.mark.parametrize(
        "request_lines",
        [
            ["POST /api/v1/readings HTTP/1.0", "X-API-Key: {key}", "Content-Length: {size}"],
            ["POST /api/v1/readings HTTP/1.1", "X-API-Key: {key}", "Content-Length: {size}"],
            ["POST /api/v1/readings HTTP/1.1", "Host: lab", "x-api-key:{key}", "content-length:{size}"],
            ["POST /api/v1/readings HTTP/1.1", "Host:", "X-API-KEY:   {key}  ", "CONTENT-LENGTH:   {size}"],
            ["POST /api/v1/readings?api_key={key} HTTP/1.0", "Content-Length: {size}"],
            ["POST /api/v1/readings HTTP/1.0", "Authorization: Bearer {key}", "Content-Length: {size}"],
        ],
        ids=["HTTP/1.0", "no Host", "lower case", "upper case", "key in the address", "Bearer"],
    )
    def test_a_reading_is_stored(self, labfeed, plain_key, request_lines):
        head = "\r\n".join(request_lines).format(key=plain_key, size=len(self.BODY))
        status, told = spoken(labfeed.port, f"{head}\r\n\r\n".encode() + self.BODY)
        assert (status, told["stored"]) == (201, 1)

    def test_the_address_bar_works_without_a_host(self, labfeed, plain_key):
        status, told = spoken(
            labfeed.port, f"GET /api/v1/write?api_key={plain_key}&temperature=1 HTTP/1.0\r\n\r\n".encode()
        )
        assert (status, told["stored"]) == (201, 1)

    def test_ten_megabytes_are_refused_before_they_are_read(self, labfeed, plain_key):
        head = f"POST /api/v1/readings HTTP/1.0\r\nX-API-Key: {plain_key}\r\nContent-Length: {10 * 1024 * 1024}\r\n\r\n"
        status, told = spoken(labfeed.port, head.encode())
        assert (status, told["type"]) == (413, "/problems/too-large")


class TestTheHeadOfTheAddressForm:
    def test_asking_for_the_head_alone_stores_nothing(self, lab):
        board = lab.enrol()
        answer = lab.client.head(f"/api/v1/write?api_key={board.key}&temperature=21.4")
        assert answer.status_code == 405
        assert lab.client.get(f"/api/v1/channels/{board.channel_id}/readings").json["readings"] == []

"""What an update loses without a word on the wire is told to the channel's owner, with its cure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.readings import Position
from tests.dialects.thingspeak.boards import FORM, ThingSpeakBoard, enrol
from tests.lab import Lab, opened_lab

NO_PLACE = "latitude and longitude are no place on Earth, and not stored."
NEW_YEAR = 1_704_067_200


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> ThingSpeakBoard:
    return enrol(lab)


LOST = [
    ({"field1": "1", "elevation": "340"}, "elevation is not stored without a place."),
    ({"field1": "1", "lat": "48.5"}, NO_PLACE),
    ({"field1": "1", "long": "9.25", "elevation": "340"}, NO_PLACE),
    ({"field1": "1", "lat": "91", "long": "0"}, NO_PLACE),
    ({"field1": "1", "latitude": "north", "longitude": "0"}, NO_PLACE),
    (
        {"field1": "1", "lat": "48.5", "long": "9.25", "elevation": "high"},
        "elevation is not a number of metres, and not stored.",
    ),
    (
        {"field1": "1", "created_at": "yesterday"},
        "created_at is not a time; the entry has that of its arrival.",
    ),
    (
        {"field1": "1", "created_at": "9999-12-31T23:59:59-14:00"},
        "created_at is not a time; the entry has that of its arrival.",
    ),
    ({"temperature": "21.4"}, 'Nothing in this update is a value, but there is "temperature".'),
    ({"field9": "21.4"}, 'Nothing in this update is a value, but there is "field9".'),
]


@pytest.mark.parametrize(("sent", "sentence"), LOST)
@pytest.mark.parametrize("ending", ["", ".json"])
def test_an_update_is_taken_and_its_owner_is_told(board, sent, sentence, ending):
    assert board.update(ending, **sent).status_code == 200
    assert len(board.entries()) == 1
    ((code, detail, hint, door),) = board.refusals()
    assert (code, detail, door) == ("invalid", sentence, "ThingSpeak")
    assert hint


def test_all_that_was_lost_is_one_refusal(board):
    board.update(field1="open", elevation="340", created_at="yesterday")
    ((_, detail, _, _),) = board.refusals()
    assert detail == 'Feed "temperature": "open" is not a number. And 2 more.'


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"field1": ""},
        {"field1": "1", "lat": "", "long": "", "elevation": "", "created_at": ""},
        {"field1": "1", "lat": "48.5", "long": "9.25", "elevation": "340"},
        {"field1": "1", "headers": "false", "timezone": "UTC", "tweet": "x", "twitter": "y", "tstream": "1"},
        {"field1": "1", "_": "1234"},
        {"status": "well", "sketch": "3"},
        {"created_at": "2024-01-01T00:00:00Z"},
    ],
)
def test_of_what_is_whole_or_was_never_meant_nothing_is_said(board, sent):
    assert board.update(**sent).text == "1"
    assert board.refusals() == []


def test_nulls_of_json_are_nothing_that_was_said(lab, board):
    sent = {"api_key": board.key, "field1": 1, "latitude": None, "longitude": None, "elevation": None}
    assert lab.client.post("/update.json", json=sent | {"created_at": None}).status_code == 200
    assert board.refusals() == []


class TestInBulk:
    def test_it_is_told_with_its_row(self, board):
        updates = [{"created_at": NEW_YEAR + n, "field1": n} for n in range(3)]
        updates[1]["elevation"] = "340"
        updates[2] = {"created_at": NEW_YEAR - 5, "temperature": 2}
        assert board.bulk(*updates).status_code == 202
        ((_, detail, hint, _),) = board.refusals()
        assert detail == "Row 2: elevation is not stored without a place. And 1 more."
        assert hint == "Send latitude and longitude with it."

    def test_a_place_goes_with_csv(self, board):
        board.bulk_csv("absolute", f"{NEW_YEAR},1,,,,,,,,48.5,9.25,340|{NEW_YEAR + 1},2,,,,,,,,,,340")
        assert board.entries()[0][2] == Position(48.5, 9.25, 340)
        assert [detail for _, detail, _, _ in board.refusals()] == ["Row 2: elevation is not stored without a place."]


class TestABodyThatIsNoBulk:
    """What cannot be read is told, too, wherever the key could be."""

    @pytest.mark.parametrize(
        ("body", "status", "sentence"),
        [
            ("{", 400, "The body is not JSON."),
            ("[1]", 400, "The body is JSON, but not an object."),
            ('{"updates":[{"field2":"°"}]}'.encode("latin-1"), 422, "The message is not UTF-8 text."),
            (b'{"updates":"' + b"x" * 1_100_000 + b'"}', 413, "The body has more than 1000000 bytes."),
        ],
    )
    @pytest.mark.parametrize("where", ["header", "query"])
    def test_as_json(self, lab, board, body, status, sentence, where):
        answer = lab.client.post(
            f"/channels/{board.channel_id}/bulk_update.json",
            data=body,
            content_type="application/json",
            headers={"X-THINGSPEAKAPIKEY": board.key} if where == "header" else {},
            query_string={"write_api_key": board.key} if where == "query" else {},
        )
        assert (answer.status_code, answer.json["status"]) == (status, str(status))
        ((_, detail, hint, door),) = board.refusals()
        assert (detail.replace("1048576", "1000000"), door) == (sentence, "ThingSpeak")
        assert hint

    def test_as_csv_in_latin_1(self, lab, board):
        form = f"write_api_key={board.key}&time_format=absolute&updates={NEW_YEAR},,23 °C".encode("latin-1")
        answer = lab.client.post(f"/channels/{board.channel_id}/bulk_update.csv", data=form, content_type=FORM)
        assert answer.status_code == 422
        assert [detail for _, detail, _, _ in board.refusals()] == ["The message is not UTF-8 text."]

    def test_without_a_key_nobody_is_told(self, lab, board):
        answer = lab.client.post(
            f"/channels/{board.channel_id}/bulk_update.json", data="{", content_type="application/json"
        )
        assert answer.status_code == 400
        assert board.refusals() == []

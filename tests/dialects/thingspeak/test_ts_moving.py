"""Moving in by the command line, and the round trip: a feed becomes a channel whose own feed says the same."""

from __future__ import annotations

import csv
import io
import json

import pytest

from models import channels, course_channels, people
from tests.lab import opened_lab
from tests.moved import export, feed, row
from tests.people import enrol, make_course, make_person, viewing

ADA = "ada.finch@example.edu"
ROWS = [
    row(0, 1, field1="21.50", field2="open", field3=None),
    row(15, 2, field1="-3e2", field2="", field3="1"),
    row(15, 3, field1="0", field2="shut", field3="ERR"),
    row(30, 4, field1=None, field2=None, field3=None),
    row(45, 5, field1="007", field2='=SUM(A1) \U0001f525 "a"\nb', field3="21,5", status="restarted"),
    row(
        60,
        6,
        field1="12345678901234567890",
        field2="nan",
        field3="nan",
        latitude="48.5",
        longitude="-9.25",
        elevation="0",
    ),
]
LABELS = {"field1": "Temperature (°C)", "field2": "Door", "field3": "Mode"}
BESIDES = {"status": None, "latitude": None, "longitude": None, "elevation": None}


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path / "college") as lab:
        make_person(lab.store, "Ada Finch", email=ADA)
        yield lab


@pytest.fixture
def run(lab, tmp_path):
    """A function: what the command prints of a file of this content."""

    def run(content: bytes, *words: str, owner: str = ADA, exit_code: int = 0) -> str:
        path = tmp_path / "feeds.csv"
        path.write_bytes(content)
        done = lab.app.test_cli_runner().invoke(args=["thingspeak", "move-in", str(path), "--owner", owner, *words])
        assert done.exit_code == exit_code, done.output
        assert "Traceback" not in done.output
        return done.output

    return run


@pytest.fixture
def moved(lab, run):
    """A function: the address below which a channel that has moved in is read, by everybody."""

    def move(content: bytes) -> str:
        told = json.loads(run(content, "--json", "--visibility", "public"))
        return f"/channels/{told['channel_id']}"

    return move


def read(lab, address: str) -> dict:
    return lab.client.get(f"{address}/feeds.json?results=8000&status=true&location=true").json


class TestTheRoundTrip:
    @pytest.mark.parametrize("is_descending", [False, True])
    def test_a_feed_reads_back_as_it_was(self, lab, moved, is_descending):
        told = read(lab, moved(feed(ROWS[::-1] if is_descending else ROWS, **LABELS)))
        assert told["feeds"] == [BESIDES | each for each in ROWS]
        assert {name: told["channel"][name] for name in LABELS} == LABELS

    def test_what_is_read_here_moves_in_again(self, lab, moved):
        once = read(lab, moved(feed(ROWS, **LABELS)))
        again = read(lab, moved(json.dumps(once).encode()))
        assert again["feeds"] == once["feeds"]

    def test_an_export_reads_back_as_it_was(self, lab, moved):
        text = io.StringIO()
        head = ["created_at", "entry_id", *LABELS, *BESIDES]
        writer = csv.DictWriter(text, head, lineterminator="\n")
        writer.writeheader()
        kept = [each for each in ROWS if each.get("field2") != ""]  # this writer tells no empty text from nothing
        numbered = [each | {"entry_id": number} for number, each in enumerate(kept, 1)]
        writer.writerows(each | {"created_at": each["created_at"].replace("Z", "+00:00")} for each in numbered)
        assert read(lab, moved(text.getvalue().encode()))["feeds"] == [BESIDES | each for each in numbered]

    def test_entry_ids_begin_anew(self, lab, moved):
        told = read(lab, moved(feed([row(0, 900, field1="1"), row(1, 905, field1="2")])))
        assert [each["entry_id"] for each in told["feeds"]] == [1, 2]

    def test_a_board_goes_on_where_it_was(self, lab, run):
        told = json.loads(run(feed(ROWS, **LABELS), "--json", "--visibility", "public"))
        assert lab.client.get(f"/update?api_key={told['write_key']}&field1=22.0").text == "7"
        assert read(lab, f"/channels/{told['channel_id']}")["feeds"][-1]["field1"] == "22.0"


class TestTheCommand:
    def test_it_tells_what_it_did(self, lab, run):
        printed = run(feed(ROWS[:1], **LABELS), "--name", "Otter kiln")
        assert printed.startswith("1 entry, 2026-03-08T10:00:00Z to 2026-03-08T10:00:00Z\n")
        assert "  field1  Temperature (°C): number, °C\n  field2  Door: text\n  field3  Mode: mixed\n" in printed
        assert "Channel 1, Otter kiln\n  write key  " in printed
        assert "2 readings stored" in printed

    def test_it_tells_what_is_not_taken(self, run):
        printed = run(export("2026-03-08 10:00:00,1,5,,95,9,,", "2026-03-08 10:00:01,2,nan,,,,,"))
        assert "Not taken: 1 value of field1 is no number, such as nan.\n" in printed
        assert "Not taken: 1 row names a place that is not on Earth.\n" in printed
        assert "Times without a zone are read as UTC: 2.\n" in printed

    def test_the_channel_is_its_owners(self, lab, run):
        run(feed(ROWS[:1], **LABELS), "--visibility", "members")
        ada = lab.store.ask(people.with_address, ADA)
        assert [each.visibility for each in lab.store.ask(channels.every)] == ["members"]
        assert lab.store.ask(course_channels.owners, viewing(ada), [1]) == {1: ["Ada Finch"]}

    def test_it_may_be_of_a_course_its_owner_is_in(self, lab, run):
        course_id, ada = make_course(lab.store), lab.store.ask(people.with_address, ADA)
        assert "no such course" in run(feed(ROWS[:1]), "--course", str(course_id), exit_code=1)
        assert lab.store.ask(channels.every) == []
        enrol(lab.store, course_id, ada)
        run(feed(ROWS[:1]), "--course", str(course_id))
        assert lab.store.ask(channels.every)[0].course_id == course_id

    def test_looking_makes_nothing(self, lab, run):
        assert "1 entry" in run(feed(ROWS[:1]), "--look")
        assert lab.store.ask(channels.every) == []

    def test_bad_rows_are_left_out_only_where_that_is_said(self, lab, run):
        body = export("2026-03-08T10:00:00Z,1,5,,,,,", "never,2,6,,,,,")
        printed = run(body, exit_code=1)
        assert 'Bad row: Line 3, created_at: "never" is not a time.\n' in printed
        assert lab.store.ask(channels.every) == []
        assert "1 reading stored" in run(body, "--leave-out-bad")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"a,b\n1,2\n", "no heading with created_at"),
            (b"", "The file is empty."),
            (
                export(
                    *(f"2026-03-08T10:00:0{second}Z,{place},{place},,,,," for place, second in enumerate((0, 2, 1, 0)))
                ),
                "two values for the same time, in rows that stand apart. Line 5, field1: ",
            ),
        ],
    )
    def test_of_what_is_refused_nothing_is_made(self, lab, run, content, words):
        assert words in run(content, exit_code=1)
        assert lab.store.ask(channels.every) == []

    def test_an_owner_has_signed_in_before(self, lab, run):
        assert "Nobody has the address" in run(feed(ROWS[:1]), owner="bea@example.edu", exit_code=1)

"""The command line, for whoever runs the server."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest

import context
from domain.channels import Visibility
from domain.errors import Busy
from domain.readings import Kind
from domain.timespan import SECOND
from models import channels, course_archives, sessions
from models.store import Store
from tests.builders import append, entry, make_channel
from tests.lab import Lab, opened_lab
from tests.people import begin_session, enrol, make_course, make_person, sign_in


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def run(lab):
    """A function: what `flask --app wsgi:server …` prints; fails when it ends with anything but `exit_code`."""

    def run(*words: str, exit_code: int = 0) -> str:
        done = lab.app.test_cli_runner().invoke(args=list(words))
        assert done.exit_code == exit_code, done.output
        assert "Traceback" not in done.output
        return done.output

    return run


def send(lab: Lab, key: str) -> int:
    return lab.client.post("/api/v1/readings", json={"t": 1}, headers={"X-API-Key": key}).status_code


class TestChannelCreate:
    def test_as_json_it_prints_what_scripts_need(self, lab, run):
        told = json.loads(run("channel", "create", "Greenhouse", "--json"))
        assert told.keys() == {"channel_id", "write_key", "read_key"}
        assert send(lab, told["write_key"]) == 201
        assert send(lab, told["read_key"]) == 403

    def test_for_people_it_prints_the_keys_by_name(self, run):
        printed = run("channel", "create", " Greenhouse ")
        assert printed.startswith("Channel 1, Greenhouse\n")
        assert "write key" in printed
        assert "read key" in printed

    def test_feeds_are_spelled_with_unit_or_kind(self, run):
        feeds = ("temperature:°C", "door:text", "humidity", "count:number", "probe:mixed")
        run("channel", "create", "Greenhouse", *(word for feed in feeds for word in ("--feed", feed)))
        [channel] = json.loads(run("channel", "list", "--json"))
        assert channel["feeds"] == [
            {"name": "temperature", "kind": str(Kind.NUMBER), "unit": "°C"},
            {"name": "door", "kind": str(Kind.TEXT), "unit": None},
            {"name": "humidity", "kind": str(Kind.NUMBER), "unit": "%RH"},
            {"name": "count", "kind": str(Kind.NUMBER), "unit": None},
            {"name": "probe", "kind": str(Kind.MIXED), "unit": None},
        ]

    def test_every_option_is_kept(self, lab, run):
        run(
            "channel", "create", "Kiln", "--visibility", "members", "--description", "Hot.", "--no-new-feeds",
            "--expected-interval", "2.5", "--rehearsal",
        )  # fmt: skip
        made = lab.store.ask(channels.known, 1)
        assert (made.visibility, made.description, made.accepts_new_feeds) == ("members", "Hot.", False)
        assert (made.expected_interval_s, made.is_rehearsal) == (2.5, True)

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["Greenhouse", "--feed", "a/b"], "contains /"),
            (["Greenhouse", "--feed", ""], "is empty"),
            (["Greenhouse", "--feed", "a", "--feed", "a:text"], "same name"),
            (["Greenhouse", "--feed", f"a:{'x' * 33}"], "32 characters"),
            (["Greenhouse", "--visibility", "secret"], "public"),
            (["Greenhouse", "--expected-interval", "0"], "0.01"),
            (["  "], "1 to 200"),
            (["x" * 201], "1 to 200"),
            (["Greenhouse", *[word for n in range(65) for word in ("--feed", f"f{n}")]], "at most 64"),
            ([], "NAME"),
        ],
    )
    def test_what_cannot_be_made_is_refused_with_a_sentence(self, run, words, says):
        assert says in run("channel", "create", *words, exit_code=2)
        assert "no channel yet" in run("channel", "list")


class TestChannelList:
    def test_for_people_it_is_one_line_a_channel(self, lab, run):
        lab.enrol(name="Greenhouse").post([{"temperature": 1}, {"temperature": 2}])
        lab.enrol(name="Küche", visibility="members")
        first, second = run("channel", "list").splitlines()
        assert first.split() == ["1", "public", "2", "entries", "Greenhouse"]
        assert second.endswith("Küche")

    def test_as_json_it_tells_all(self, lab, run):
        lab.enrol(name="Küche", feeds=())
        [channel] = json.loads(run("channel", "list", "--json"))
        assert channel == {
            "channel_id": 1,
            "name": "Küche",
            "visibility": "public",
            "entries": 0,
            "created_at": "2026-11-20T10:00:00Z",
            "feeds": [],
        }

    def test_an_empty_list_is_one_for_scripts(self, run):
        assert json.loads(run("channel", "list", "--json")) == []


class TestKey:
    def test_a_new_one_works_beside_the_others(self, lab, run):
        board = lab.enrol()
        written = run("key", "create", str(board.channel_id), "--name", "second board").strip()
        assert (send(lab, written), send(lab, board.key)) == (201, 201)

    def test_as_json(self, lab, run):
        board = lab.enrol()
        told = json.loads(run("key", "create", str(board.channel_id), "--right", "read", "--json"))
        assert (told["channel_id"], told["right"]) == (board.channel_id, "read")
        assert send(lab, told["key"]) == 403

    def test_a_channel_that_is_not_there_gets_none(self, run):
        assert "no channel 7" in run("key", "create", "7", exit_code=1)

    def test_a_revoked_one_stores_nothing_from_then_on(self, lab, run):
        board = lab.enrol()
        assert send(lab, board.key) == 201
        assert run("key", "revoke", f" {board.key}\n") == f"The key of channel {board.channel_id} is revoked.\n"
        assert send(lab, board.key) == 401

    @pytest.mark.parametrize("written", ["TYPO", "0AAAAAAAAAAAAAAA", "é"])
    def test_a_typo_is_said(self, run, written):
        assert "typo" in run("key", "revoke", written, exit_code=1)

    def test_twice_revoked_is_said(self, lab, run):
        board = lab.enrol()
        run("key", "revoke", board.key)
        assert "revoked already" in run("key", "revoke", board.key, exit_code=1)


class TestPerson:
    def test_an_empty_list_is_said(self, run):
        assert run("person", "list") == "Nobody has signed in yet.\n"
        assert json.loads(run("person", "list", "--json")) == []

    def test_everybody_is_listed(self, lab, run):
        make_person(lab.store, "Ada Finch")
        assert run("person", "list").split() == ["1", "ada.finch@example.edu", "Ada", "Finch"]
        [told] = json.loads(run("person", "list", "--json"))
        assert (told["person_id"], told["email"], told["name"]) == (1, "ada.finch@example.edu", "Ada Finch")

    @pytest.mark.parametrize("part", ["release", "hand-over"])
    def test_an_account_is_parted_from_its_address(self, lab, run, part):
        ada = make_person(lab.store, "Ada Finch")
        now = time.time_ns() // 1000
        carried = begin_session(lab.store, ada, now)
        assert "Person 1 is signed out everywhere" in run("person", part, " Ada.Finch@Example.EDU ")
        assert lab.store.ask(sessions.find, carried, now) is None

    def test_a_freed_address_is_no_longer_listed(self, lab, run):
        make_person(lab.store, "Ada Finch")
        run("person", "release", "ada.finch@example.edu")
        assert "(address freed)" in run("person", "list")

    @pytest.mark.parametrize("part", ["release", "hand-over"])
    @pytest.mark.parametrize(("email", "says"), [("nobody@example.edu", "Nobody has"), ("ada", "is not an e-mail")])
    def test_what_cannot_be_done_is_a_sentence(self, run, part, email, says):
        assert says in run("person", part, email, exit_code=1)


class TestDatabase:
    @pytest.mark.parametrize(
        "words", [["channel", "create", "x"], ["channel", "list"], ["db", "upgrade"], ["backup", "x"]]
    )
    def test_without_it_every_command_says_so(self, lab, run, monkeypatch, words):
        away = Store.open("postgresql+psycopg://labfeed@127.0.0.1:1/nothing")
        lab.store.close()
        monkeypatch.setattr(lab.store, "engine", away.engine)
        assert run(*words, exit_code=1).startswith("Error: ")

    def test_upgrade_is_safe_to_run_again(self, run):
        assert run("db", "upgrade") == run("db", "upgrade")

    def test_backup_writes_a_copy_and_tells_its_size(self, lab, run, tmp_path):
        lab.enrol(name="Greenhouse")
        file = tmp_path / "copy.db"
        printed = run("backup", str(file))
        assert printed == f"{file}: {file.stat().st_size} bytes.\n"
        copy = Store.open(f"sqlite:///{file}")
        assert [channel.name for channel in copy.ask(channels.every)] == ["Greenhouse"]
        copy.close()

    def test_backup_into_no_folder_is_said(self, run, tmp_path):
        assert "nowhere" in run("backup", str(tmp_path / "nowhere" / "copy.db"), exit_code=1)

    def test_backup_onto_a_folder_is_said(self, run, tmp_path):
        assert "directory" in run("backup", str(tmp_path), exit_code=2)


class TestHelp:
    @pytest.mark.parametrize(
        "words",
        [
            ["channel"],
            ["channel", "create"],
            ["channel", "list"],
            ["key"],
            ["key", "create"],
            ["key", "revoke"],
            ["person"],
            ["person", "list"],
            ["person", "release"],
            ["person", "hand-over"],
            ["db"],
            ["db", "upgrade"],
            ["backup"],
        ],
        ids=" ".join,
    )
    def test_every_command_explains_itself(self, run, words):
        printed = run(*words, "--help")
        assert printed.startswith("Usage: ")
        assert len(printed.split("\n\n")[1].strip()) > 10

    def test_they_are_all_listed(self, run):
        printed = run("--help")
        assert all(f"  {name} " in printed for name in ("channel", "key", "person", "db", "backup"))


@pytest.fixture
def course_id(lab) -> int:
    """A course with a channel that holds ten readings."""
    course_id = make_course(lab.store)
    channel = make_channel(lab.store, "Kiln", course_id=course_id, section="A", visibility=Visibility.MEMBERS)
    now = context.now()
    append(lab.store, channel, *[entry(now - each * SECOND, temperature=each) for each in range(1, 11)])
    return course_id


class TestCourseExport:
    def test_it_writes_what_the_page_sends(self, lab, run, course_id, tmp_path):
        said = run(
            "course", "export", str(course_id), str(tmp_path / "mine.zip"), "--shape", "tidy", "--from", "now-1h"
        )
        assert "1 channels, 10 readings" in said
        teacher = make_person(lab.store)
        enrol(lab.store, course_id, teacher)
        client = sign_in(lab.client, lab.store, teacher, context.now())
        sent = client.get(f"/api/v1/courses/{course_id}/export.zip?shape=tidy&from=now-1h").data
        mine, theirs = zipfile.ZipFile(tmp_path / "mine.zip"), zipfile.ZipFile(io.BytesIO(sent))
        assert mine.testzip() is None
        channel = mine.namelist()[0]
        assert mine.namelist() == theirs.namelist()
        assert mine.read(channel) == theirs.read(channel)

    def test_without_a_name_it_is_called_after_the_course(self, run, course_id, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        run("course", "export", str(course_id), "--section", "A")
        assert [path.name.partition("_2")[0] for path in tmp_path.glob("*.zip")] == ["engr114-2026-autumn_section-a"]

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["999"], "no such course"),
            (["{course}", "--section", "Z"], "no section"),
            (["{course}", "--from", "yesterday"], "is not a time"),
            (["{course}", "--zone", "Nowhere"], "no time zone"),
            (["{course}", "{folder}/missing/a.zip"], "No such file"),
        ],
    )
    def test_what_cannot_be_is_said_and_leaves_nothing(self, run, course_id, tmp_path, monkeypatch, words, says):
        monkeypatch.chdir(tmp_path)
        there = sorted(tmp_path.rglob("*"))
        told = run("course", "export", *[word.format(course=course_id, folder=tmp_path) for word in words], exit_code=1)
        assert says in told
        assert sorted(tmp_path.rglob("*")) == there

    def test_it_writes_over_nothing(self, run, course_id, tmp_path):
        (tmp_path / "a.zip").write_text("mine")
        assert "is there already" in run("course", "export", str(course_id), str(tmp_path / "a.zip"), exit_code=1)
        assert (tmp_path / "a.zip").read_text() == "mine"

    def test_what_breaks_off_leaves_no_file(self, run, course_id, tmp_path, monkeypatch):
        def breaking(*_given):
            yield b"PK"
            raise Busy

        monkeypatch.setattr(course_archives, "written", breaking)
        folder = tmp_path / "taken"
        folder.mkdir()
        run("course", "export", str(course_id), str(folder / "a.zip"), exit_code=1)
        assert list(folder.iterdir()) == []


class TestCourseList:
    def test_it_lists_all_courses(self, run, course_id):
        [told] = json.loads(run("course", "list", "--json"))
        assert told == {"course_id": course_id, "code": "ENGR114", "title": "", "term": "2026 autumn", "channels": 1}
        assert "ENGR114 2026 autumn" in run("course", "list")

    def test_before_the_first_it_says_how_one_is_begun(self, run):
        assert "no course yet" in run("course", "list")

"""Channels made, told, changed, cleared and deleted with a user key."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

import context
from domain.channels import Visibility
from domain.readings import Kind
from domain.roles import Right, Role
from domain.tokens import Scope
from models import channels
from tests.builders import NOW, append, entry
from tests.dialects.thingspeak.accounts import Account, members, open_account
from tests.lab import Lab, opened_lab
from tests.people import make_new_member, sign_in

SAID = {
    "name": "Kiln 3",
    "description": "Clay at 1000 °C",
    "latitude": "48.5",
    "longitude": "-9.25",
    "elevation": "340.5",
    "metadata": '{"clay":"red"}',
    "public_flag": "true",
    "tags": "kiln,red clay",
    "url": "https://example.org/kiln",
    "field1": "Heat",
    "field3": "Door",
}
TOLD = {
    "name": "Kiln 3",
    "description": "Clay at 1000 °C",
    "latitude": "48.5",
    "longitude": "-9.25",
    "elevation": "340.5",
    "last_entry_id": None,
    "public_flag": True,
    "url": "https://example.org/kiln",
    "ranking": 85,
    "metadata": '{"clay":"red"}',
    "license_id": 0,
    "github_url": None,
}
PRIVATE = [
    *("id", "name", "description", "latitude", "longitude", "created_at", "elevation", "last_entry_id", "public_flag"),
    *("url", "ranking", "metadata", "license_id", "github_url", "tags", "api_keys"),
]
CARRIERS = {
    "query": lambda said: {"query_string": said},
    "form": lambda said: {"data": said},
    "multipart": lambda said: {"data": said, "content_type": "multipart/form-data"},
    "JSON": lambda said: {"json": said},
    "header": lambda said: {
        "data": {name: value for name, value in said.items() if name != "api_key"},
        "headers": {"X-THINGSPEAKAPIKEY": said["api_key"]},
    },
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def ada(lab) -> Account:
    return open_account(lab)


@pytest.fixture(scope="module")
def bea(lab) -> Account:
    return open_account(lab, "Bea Otter")


def labels(account: Account, channel_id: int) -> dict[str, str]:
    """The labels of its fields, as the feeds tell them."""
    head = account.ask("GET", f"/channels/{channel_id}/feeds.json").json["channel"]
    return {name: label for name, label in head.items() if name.startswith("field")}


def told(answer) -> dict:
    return members(answer.text) if answer.mimetype == "application/xml" else answer.json


def told_of(answer) -> dict:
    """Without what is another each time."""
    return {name: value for name, value in told(answer).items() if name not in ("id", "created_at", "tags", "api_keys")}


class TestMaking:
    @pytest.mark.parametrize("ending", ["json", "xml"])
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_all_that_is_said_is_told_again(self, lab, ada, carrier, ending):
        answer = lab.client.post(f"/channels.{ending}", **CARRIERS[carrier](SAID | {"api_key": ada.key}))
        assert answer.status_code == 200
        assert told_of(answer) == TOLD
        assert list(told(answer)) == PRIVATE
        assert [tag["name"] for tag in told(answer)["tags"]] == ["kiln", "red-clay"]
        again = ada.ask("GET", f"/channels/{told(answer)['id']}.{ending}")
        assert told(again) == told(answer)
        assert labels(ada, told(answer)["id"]) == {"field1": "Heat", "field3": "Door"}

    def test_it_has_a_write_key_and_then_a_read_key_that_work(self, lab, ada):
        made = ada.make(name="Kiln", field1="Heat")
        assert [key["write_flag"] for key in made["api_keys"]] == [True, False]
        write, read = (key["api_key"] for key in made["api_keys"])
        assert lab.client.get(f"/update?api_key={write}&field1=1000").text == "1"
        assert lab.client.get(f"/update?api_key={read}&field1=1000").status_code == 400
        assert lab.client.get(f"/channels/{made['id']}/fields/1/last.txt?api_key={read}").text == "1000"
        assert ada.ask("GET", f"/channels/{made['id']}.json").json["last_entry_id"] == 1

    def test_without_anything_it_is_private_and_has_one_field(self, ada):
        made = ada.make()
        assert made["name"] == f"Channel {made['id']}"
        assert (made["public_flag"], made["ranking"], made["description"]) == (False, 15, None)
        assert (made["latitude"], made["longitude"], made["elevation"]) == ("0.0", "0.0", None)
        assert labels(ada, made["id"]) == {"field1": "Field Label 1"}

    def test_its_fields_take_numbers_and_words(self, lab, ada):
        made = ada.make(field1="Heat")
        write = made["api_keys"][0]["api_key"]
        lab.client.get(f"/channels/{made['id']}.json")
        for sent in ("21.50", "hot"):
            assert lab.client.get("/update", query_string={"api_key": write, "field1": sent, "created_at": NOW}).text
        assert [feed.kind for feed in lab.store.ask(channels.known, made["id"]).feeds] == [Kind.MIXED]

    @pytest.mark.parametrize("flag", [True, "true", "TRUE", "1", 1])
    def test_it_is_public_where_that_is_asked_for(self, lab, ada, flag):
        made = lab.client.post("/channels.json", json={"api_key": ada.key, "public_flag": flag}).json
        assert made["public_flag"] is True

    @pytest.mark.parametrize(
        "sent",
        [
            {"metadata": {"clay": ["red", 1]}},
            {"tags": ["kiln", "clay"]},
            {"tags": [{"id": 1, "name": "kiln"}, {"id": 2, "name": "clay"}]},
        ],
    )
    def test_json_may_say_it_as_it_is(self, lab, ada, sent):
        made = lab.client.post("/channels.json", json={"api_key": ada.key} | sent).json
        assert made["metadata"] == ('{"clay":["red",1]}' if "metadata" in sent else None)
        assert [tag["name"] for tag in made["tags"]] == (["kiln", "clay"] if "tags" in sent else [])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "x" * 201},
            {"latitude": "91", "longitude": "0.5"},
            {"latitude": "north", "longitude": "0.5"},
            {"latitude": "48.5"},
            {"elevation": "high"},
            {"elevation": "1e300"},
            {"public_flag": "perhaps"},
            {"tags": "a<b"},
            {"url": "x" * 256},
            {"metadata": "x" * 10_001},
            {"field1": "x" * 201},
        ],
        ids=lambda wrong: " ".join(wrong),
    )
    def test_of_what_is_wrong_nothing_is_made(self, lab, ada, wrong):
        before = lab.count_rows()
        answer = lab.client.post("/channels.json", data={"api_key": ada.key, "name": "Kiln"} | wrong)
        assert (answer.status_code, answer.json["error"]["error_code"]) == (400, "error_bad_request")
        assert lab.count_rows() == before

    def test_a_form_in_a_browser_goes_on_to_its_page(self, ada):
        answer = ada.ask("POST", "/channels", name="Kiln")
        assert (answer.status_code, answer.text) == (303, "")
        assert answer.headers["Location"].startswith("/channels/")


class TestTelling:
    @pytest.mark.parametrize("ending", ["json", "xml"])
    def test_everybody_is_told_of_a_public_one_without_its_keys(self, lab, ada, bea, ending):
        made = ada.make(**SAID)
        address = f"/channels/{made['id']}.{ending}"
        for answer in (lab.client.get(address), bea.ask("GET", address), lab.client.get(f"{address}?api_key=WRONG")):
            assert told_of(answer) == TOLD | {"username": ada.login}
            assert made["api_keys"][0]["api_key"] not in answer.text

    @pytest.mark.parametrize("ending", ["json", "xml"])
    def test_a_private_one_is_told_with_its_keys_alone(self, lab, ada, bea, ending):
        made = ada.make(name="Kiln")
        address = f"/channels/{made['id']}.{ending}"
        write, read = (key["api_key"] for key in made["api_keys"])
        assert [lab.client.get(f"{address}?api_key={key}").status_code for key in (write, read)] == [200, 200]
        assert "api_keys" not in told(lab.client.get(f"{address}?api_key={write}"))
        for answer in (lab.client.get(address), bea.ask("GET", address)):
            assert (answer.status_code, answer.text) == (400, "-1")

    @pytest.mark.parametrize("number", [0, 999_999, 10**30])
    def test_one_that_is_not_there_is_404(self, lab, ada, number):
        assert lab.client.get(f"/channels/{number}.json").status_code == 404
        assert ada.ask("GET", f"/channels/{number}.json").status_code == 404

    def test_a_member_who_looks_on_is_told_as_everybody_is(self, lab, ada):
        made = ada.make(name="Kiln")
        viewer = open_account(lab, "Vera Viewer")
        make_new_member(lab.store, made["id"], "Vera Viewer", Role.VIEWER)
        assert "api_keys" not in viewer.ask("GET", f"/channels/{made['id']}.json").json

    def test_an_editor_is_told_the_keys(self, lab, ada):
        made = ada.make(name="Kiln")
        editor = open_account(lab, "Eddy Editor")
        make_new_member(lab.store, made["id"], "Eddy Editor", Role.EDITOR)
        assert editor.ask("GET", f"/channels/{made['id']}.json").json["api_keys"] == made["api_keys"]

    def test_times_are_in_the_zone_that_is_asked_for(self, ada):
        made = ada.make(name="Kiln")
        here = ada.ask("GET", f"/channels/{made['id']}.json", timezone="Asia/Tokyo").json["created_at"]
        assert here.endswith("+09:00")
        assert made["created_at"].endswith("Z")

    def test_a_callback_gets_it_as_a_call(self, ada):
        made = ada.make(name="Kiln")
        assert ada.ask("GET", f"/channels/{made['id']}.json", callback="show").text.startswith('show({"id":')


class TestChanging:
    @pytest.mark.parametrize("ending", ["json", "xml"])
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_all_that_is_said_is_told_again(self, lab, ada, carrier, ending):
        made = ada.make(name="Before")
        address = f"/channels/{made['id']}.{ending}"
        answer = lab.client.put(address, **CARRIERS[carrier](SAID | {"api_key": ada.key}))
        assert answer.status_code == 200
        assert told_of(answer) == TOLD
        assert told(answer)["api_keys"] == made["api_keys"]
        assert told(ada.ask("GET", address)) == told(answer)
        assert labels(ada, made["id"]) == {"field1": "Heat", "field3": "Door"}

    @pytest.mark.parametrize("name", [name for name in SAID if name not in ("latitude", "longitude")])
    def test_what_is_not_sent_stays(self, lab, ada, name):
        made = ada.make(**SAID)
        sent = {
            "description": "Glaze",
            "elevation": "12",
            "metadata": "",
            "public_flag": "false",
            "tags": "",
            "url": "",
        }
        answer = ada.ask("PUT", f"/channels/{made['id']}.json", **{name: sent.get(name, "Other")}).json
        named = {"field1": (), "field3": (), "public_flag": ("public_flag",)}.get(name, (name, "ranking"))
        assert {each: answer[each] for each in answer if each not in named} == {
            each: made[each] for each in made if each not in named
        }

    def test_what_was_told_may_be_sent_back_whole(self, lab, ada):
        made = ada.make(name="Kiln")
        answer = lab.client.put(f"/channels/{made['id']}.json", json=made | {"api_key": ada.key})
        assert answer.json == made

    def test_a_place_may_be_taken_away(self, ada):
        made = ada.make(**SAID)
        answer = ada.ask("PUT", f"/channels/{made['id']}.json", latitude="", longitude="", elevation="").json
        assert (answer["latitude"], answer["longitude"], answer["elevation"]) == ("0.0", "0.0", None)

    def test_an_empty_label_disables_a_field_and_another_enables_it_again(self, lab, ada):
        made = ada.make(field1="Heat", field2="Door")
        write = made["api_keys"][0]["api_key"]
        assert lab.client.get(f"/update?api_key={write}&field1=1000&field2=open").text == "1"
        ada.ask("PUT", f"/channels/{made['id']}.json", field1="")
        feeds = ada.ask("GET", f"/channels/{made['id']}/feeds.json").json
        assert labels(ada, made["id"]) == {"field2": "Door"}
        assert list(feeds["feeds"][0]) == ["created_at", "entry_id", "field2"]
        assert ada.ask("GET", f"/channels/{made['id']}/fields/1.json").status_code == 404
        ada.ask("PUT", f"/channels/{made['id']}.json", field1="Heat again")
        assert labels(ada, made["id"]) == {"field1": "Heat again", "field2": "Door"}
        assert ada.ask("GET", f"/channels/{made['id']}/fields/1/last.txt").text == "1000"

    def test_a_field_of_a_board_with_names_of_its_own_gets_a_label(self, lab, ada):
        board = lab.enrol(feeds=("temperature", "humidity"))
        make_new_member(lab.store, board.channel_id, "Ada Finch", Role.OWNER)
        append(lab.store, board.channel, entry(NOW, temperature=21, humidity=40))
        ada.ask("PUT", f"/channels/{board.channel_id}.json", field2="Damp", field4="New")
        assert labels(ada, board.channel_id) == {"field1": "temperature", "field2": "Damp", "field4": "New"}
        assert [feed.name for feed in board.channel.feeds] == ["temperature", "humidity", "field4"]

    def test_the_last_field_stays(self, ada):
        made = ada.make(field1="Heat")
        assert ada.ask("PUT", f"/channels/{made['id']}.json", field1="").status_code == 400
        assert labels(ada, made["id"]) == {"field1": "Heat"}

    def test_a_channel_for_the_college_stays_so_where_it_is_to_be_private(self, lab, ada):
        board = lab.enrol(visibility=Visibility.COLLEGE)
        make_new_member(lab.store, board.channel_id, "Ada Finch", Role.OWNER)
        assert ada.ask("PUT", f"/channels/{board.channel_id}.json", public_flag="false").status_code == 200
        assert board.channel.visibility is Visibility.COLLEGE

    def test_of_what_is_wrong_nothing_is_changed(self, ada):
        made = ada.make(**SAID)
        answer = ada.ask("PUT", f"/channels/{made['id']}.json", name="Other", elevation="1e300")
        assert answer.status_code == 400
        assert ada.ask("GET", f"/channels/{made['id']}.json").json == made

    def test_a_form_in_a_browser_goes_on_to_its_page(self, ada):
        made = ada.make(name="Kiln")
        answer = ada.ask("PUT", f"/channels/{made['id']}", name="Other")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/channels/{made['id']}")


class TestClearing:
    @pytest.mark.parametrize(
        ("ending", "body"),
        [
            ("feeds.json", "[]"),
            ("feed.json", "[]"),
            ("feeds.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<nil-classes type="array"></nil-classes>\n'),
        ],
    )
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_all_entries_are_gone_and_the_last_is_null(self, lab, ada, carrier, ending, body):
        made = ada.make(field1="Heat")
        for heat in range(3):
            lab.client.get(f"/update?api_key={made['api_keys'][0]['api_key']}&field1={heat}")
        answer = lab.client.delete(f"/channels/{made['id']}/{ending}", **CARRIERS[carrier]({"api_key": ada.key}))
        assert (answer.status_code, answer.text) == (200, body)
        feeds = ada.ask("GET", f"/channels/{made['id']}/feeds.json").json
        assert (feeds["feeds"], feeds["channel"]["last_entry_id"]) == ([], None)
        assert ada.ask("GET", f"/channels/{made['id']}.json").json == made

    def test_a_form_in_a_browser_goes_on_to_its_page(self, ada):
        made = ada.make(field1="Heat")
        assert ada.ask("DELETE", f"/channels/{made['id']}/feeds").headers["Location"] == f"/channels/{made['id']}"


class TestDeleting:
    @pytest.mark.parametrize("ending", ["json", "xml"])
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_it_is_told_as_it_was_and_lies_in_the_bin(self, lab, ada, carrier, ending):
        made = ada.make(**SAID)
        address = f"/channels/{made['id']}.{ending}"
        was = told(ada.ask("GET", address))
        answer = lab.client.delete(address, **CARRIERS[carrier]({"api_key": ada.key}))
        assert (answer.status_code, told(answer)) == (200, was)
        assert ada.ask("GET", address).status_code == 404
        assert ada.ask("DELETE", address).status_code == 404
        assert lab.client.get(f"/update?api_key={made['api_keys'][0]['api_key']}&field1=1").status_code == 400

    def test_a_form_in_a_browser_goes_on_to_ones_channels(self, ada):
        made = ada.make(name="Kiln")
        answer = ada.ask("DELETE", f"/channels/{made['id']}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/mine")


KEPT = {
    "PUT": "/channels/{}.{}",
    "DELETE": "/channels/{}.{}",
    "CLEAR": "/channels/{}/feeds.{}",
    "POST": "/channels.{1}",
}


def refusal(answer, ending: str) -> tuple[str, str, str]:
    if ending == "json":
        told = answer.json
        return told["status"], told["error"]["error_code"], told["error"]["message"]
    root = ElementTree.fromstring(answer.text)
    status, word, message = (root.findtext(path, "") for path in ("status", "error/error-code", "error/message"))
    return status, word, message


@pytest.mark.parametrize("ending", ["json", "xml"])
@pytest.mark.parametrize("what", KEPT)
class TestWhoMay:
    @pytest.fixture
    def ask(self, lab, ada, what, ending):
        made = ada.make(name="Kiln", public_flag="true", field1="Heat")
        lab.client.get(f"/update?api_key={made['api_keys'][0]['api_key']}&field1=1")
        method = "DELETE" if what == "CLEAR" else what

        def ask(**key):
            before = lab.count_rows(), ada.ask("GET", f"/channels/{made['id']}.json").json
            address = KEPT[what].format(made["id"], ending)
            answer = lab.client.open(address, method=method, data={"name": "Other"} | key)
            assert (lab.count_rows(), ada.ask("GET", f"/channels/{made['id']}.json").json) == before
            return answer

        ask.made = made
        return ask

    @pytest.mark.parametrize("key", [{}, {"api_key": "WRONG"}, {"api_key": "lfp_wrong"}, {"api_key": ""}])
    def test_without_a_user_key_nothing_is_done(self, ask, ending, key):
        answer = ask(**key)
        assert answer.status_code == 401
        assert refusal(answer, ending) == ("401", "error_auth_required", "Authorization Required")

    @pytest.mark.parametrize("place", [0, 1])
    def test_nor_with_a_key_of_the_channel(self, ask, place):
        assert ask(api_key=ask.made["api_keys"][place]["api_key"]).status_code == 401

    @pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
    def test_nor_with_a_token_that_may_not_manage(self, lab, ask, scope):
        assert ask(api_key=open_account(lab, "Ada Finch", scope).key).status_code == 401

    def test_the_channels_of_others_are_not_there(self, bea, ask, what, ending):
        if what != "POST":
            answer = ask(api_key=bea.key)
            assert refusal(answer, ending) == ("404", "error_resource_not_found", "Resource Not Found")

    def test_who_is_signed_in_does_not_count(self, lab, ada, ask, what, ending):
        client = sign_in(lab.client, lab.store, ada.person, context.now())
        address = KEPT[what].format(ask.made["id"], ending)
        assert client.open(address, method="DELETE" if what == "CLEAR" else what).status_code == 401


class TestAddresses:
    @pytest.mark.parametrize("path", ["/channels.json", "/channels/1.json", "/channels/1", "/channels/1/feeds.json"])
    def test_a_browser_may_ask_first(self, lab, path):
        answer = lab.client.options(path)
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, PUT, OPTIONS, DELETE, PATCH"

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    @pytest.mark.parametrize("number", [0, 10**30])
    def test_no_channel_has_such_a_number(self, ada, method, number):
        assert ada.ask(method, f"/channels/{number}.json").status_code == 404

    def test_a_right_that_ends_ends_here_too(self, lab, ada):
        made = ada.make(name="Kiln")
        lab.revoke(made["api_keys"][1]["api_key"])
        told = ada.ask("GET", f"/channels/{made['id']}.json").json
        assert told["api_keys"] == made["api_keys"][:1]
        lab.make_key(made["id"], Right.READ)
        again = ada.ask("GET", f"/channels/{made['id']}.json").json
        assert [key["write_flag"] for key in again["api_keys"]] == [True, False]

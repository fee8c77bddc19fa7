"""Lists of channels, and users."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.readings import Position
from domain.tokens import Scope
from models import deleting
from tests.builders import NOW, append, entry
from tests.dialects.thingspeak.accounts import Account, members, open_account
from tests.lab import Lab, opened_lab
from tests.people import acting

HERE = Position(48.5, 9.25)
PUBLIC = [
    *("id", "name", "description", "latitude", "longitude", "created_at", "elevation", "last_entry_id", "public_flag"),
    *("url", "ranking", "metadata", "license_id", "github_url", "username", "tags"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def ada(lab) -> Account:
    """With four channels, one of them private."""
    account = open_account(lab)
    account.make(
        name="Kiln", public_flag="true", tags="clay, hot", description="Clay", latitude="48.5", longitude="9.25"
    )
    account.make(name="Pond", public_flag="true", tags="wet", latitude="48.6", longitude="9.25")
    account.make(name="Attic", public_flag="true")
    account.make(name="Notes", tags="clay")
    return account


@pytest.fixture(scope="module")
def bea(lab, ada) -> Account:
    """With a channel far away."""
    account = open_account(lab, "Bea Otter")
    account.make(name="Far", public_flag="true", latitude="-33.9", longitude="151.2")
    return account


@pytest.fixture(scope="module")
def numbers(ada, bea) -> dict[str, int]:
    """The channels' numbers by their names."""
    every = ada.ask("GET", "/channels.json").json + bea.ask("GET", "/channels.json").json
    return {each["name"]: each["id"] for each in every}


def names(answer) -> list[str]:
    assert answer.status_code == 200
    told = answer.json
    return [channel["name"] for channel in (told if isinstance(told, list) else told["channels"])]


class TestOnesOwn:
    def test_they_are_a_bare_array_with_their_keys(self, ada, numbers):
        told = ada.ask("GET", "/channels.json").json
        assert [channel["name"] for channel in told] == ["Kiln", "Pond", "Attic", "Notes"]
        for channel in told:
            assert [key["write_flag"] for key in channel["api_keys"]] == [True, False]
            assert channel == ada.ask("GET", f"/channels/{channel['id']}.json").json

    def test_as_xml(self, ada):
        text = ada.ask("GET", "/channels.xml").text
        assert text.startswith(
            '<?xml version="1.0" encoding="UTF-8"?>\n<channels type="array"><channel><id type="integer">'
        )
        assert text.count('<write-flag type="boolean">true</write-flag>') == 4

    @pytest.mark.parametrize(("tag", "found"), [("clay", ["Kiln", "Notes"]), ("CLAY", ["Kiln", "Notes"]), ("cla", [])])
    def test_those_with_a_tag(self, ada, tag, found):
        assert names(ada.ask("GET", "/channels.json", tag=tag)) == found

    @pytest.mark.parametrize("ending", ["json", "xml"])
    @pytest.mark.parametrize("key", ["", "WRONG", "lfp_wrong", "ABCDEFGHIJKLMNOP"])
    def test_without_a_user_key_there_are_none(self, lab, key, ending):
        answer = lab.client.get(f"/channels.{ending}?api_key={key}")
        assert answer.status_code == 401
        assert "error_auth_required" in answer.text

    def test_a_token_that_may_not_manage_is_told_no_keys(self, lab, ada):
        told = open_account(lab, "Ada Finch", Scope.READ).ask("GET", "/channels.json").json
        assert [channel["api_keys"] for channel in told] == [[]] * 4
        assert open_account(lab, "Ada Finch", Scope.WRITE).ask("GET", "/channels.json").status_code == 401

    def test_one_that_was_deleted_is_not_listed(self, lab, ada):
        made = ada.make(name="Gone")
        lab.store.tell(deleting.put_into_bin, acting(ada.person), made["id"])
        assert "Gone" not in names(ada.ask("GET", "/channels.json"))


class TestPublic:
    def test_what_says_most_of_itself_comes_first(self, lab, numbers):
        told = lab.client.get("/channels/public.json").json
        assert told["pagination"] == {"current_page": 1, "per_page": 15, "total_entries": 4}
        assert [(each["name"], each["ranking"]) for each in told["channels"]] == [
            ("Kiln", 70),
            ("Pond", 50),
            ("Far", 30),
            ("Attic", 15),
        ]
        assert [list(each) for each in told["channels"]] == [PUBLIC] * 4

    def test_a_key_changes_nothing(self, lab, ada):
        assert ada.ask("GET", "/channels/public.json").json == lab.client.get("/channels/public.json").json

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("channel_ids={Attic},{Notes},{Kiln},x,999999,99999999999999", ["Kiln", "Attic"]),
            ("channel_ids=none", []),
            ("username={bea}", ["Far"]),
            ("username=nobody", []),
            ("tag=clay", ["Kiln"]),
            ("tag=nothing", []),
            ("latitude=48.6&longitude=9.25&distance=50", ["Pond", "Kiln"]),
            ("latitude=48.6&longitude=9.25&distance=5", ["Pond"]),
            ("latitude=48.6&longitude=9.25", ["Kiln", "Pond", "Far", "Attic"]),
            ("latitude=north&longitude=9.25&distance=5", ["Kiln", "Pond", "Far", "Attic"]),
            ("channel_ids={Far}&username={ada}&tag=clay", ["Far"]),
            ("username={bea}&tag=clay", ["Far"]),
            ("tag=wet&latitude=48.5&longitude=9.25&distance=1", ["Pond"]),
        ],
    )
    def test_the_first_filter_that_is_there_counts(self, lab, ada, bea, numbers, query, found):
        query = query.format(ada=ada.login, bea=bea.login, **numbers)
        answer = lab.client.get(f"/channels/public.json?{query}")
        assert names(answer) == found
        assert answer.json["pagination"]["total_entries"] == len(found)

    def test_as_xml(self, lab, numbers):
        told = members(lab.client.get("/channels/public.xml").text)
        assert told == lab.client.get("/channels/public.json").json

    @pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "99999999"])
    def test_pages_are_counted_from_1(self, lab, page):
        answer = lab.client.get(f"/channels/public.json?page={page}")
        assert (answer.status_code, answer.json["error"]["error_code"]) == (404, "error_resource_not_found")

    def test_page_by_page(self, tmp_path):
        with opened_lab(tmp_path) as lab:
            for number in range(17):
                board = lab.enrol(name=f"Channel {number}")
                append(lab.store, board.channel, entry(NOW + number, temperature=1), received_at=NOW + number)
            pages = [lab.client.get(f"/channels/public.json?page={page}").json for page in (1, 2, 3)]
        listed = [[channel["name"] for channel in page["channels"]] for page in pages]
        assert listed[0] == [f"Channel {number}" for number in range(16, 1, -1)]
        assert listed[1:] == [["Channel 1", "Channel 0"], []]
        assert pages[1]["pagination"] == {"current_page": 2, "per_page": 15, "total_entries": 17}

    def test_a_callback_gets_them_as_a_call(self, lab):
        assert lab.client.get("/channels/public.json?callback=show").text.startswith('show({"pagination":')


class TestUsers:
    def test_everybody_is_told_of_an_owner_but_not_the_address(self, lab, ada, bea):
        told = lab.client.get(f"/users/{ada.login}.json").json
        assert list(told) == ["id", "login", "created_at", "website", "bio"]
        assert (told["id"], told["login"]) == (ada.person.id, ada.login)
        assert bea.ask("GET", f"/users/{ada.login}.json").json == told

    @pytest.mark.parametrize("called", ["login", "address", "name"])
    def test_with_the_own_key_the_address_too(self, ada, called):
        login = {"login": ada.login, "address": ada.person.email, "name": "ada.finch"}[called]
        assert ada.ask("GET", f"/users/{login}.json").json["email"] == "ada.finch@example.edu"

    def test_as_xml(self, lab, ada):
        told = members(lab.client.get(f"/users/{ada.login}.xml").text)
        assert told == lab.client.get(f"/users/{ada.login}.json").json

    @pytest.mark.parametrize("login", ["nobody", "ada.finch", "ada.finch@example.edu", "user999", "user0"])
    @pytest.mark.parametrize("path", ["/users/{}.json", "/users/{}/channels.json"])
    def test_others_are_not_there(self, lab, bea, login, path):
        for answer in (lab.client.get(path.format(login)), bea.ask("GET", path.format(login))):
            assert (answer.status_code, answer.json["error"]["error_code"]) == (404, "error_resource_not_found")

    def test_their_public_channels_and_with_the_own_key_all(self, lab, ada, bea):
        address = f"/users/{ada.login}/channels.json"
        assert names(lab.client.get(address)) == names(bea.ask("GET", address)) == ["Kiln", "Pond", "Attic"]
        assert names(ada.ask("GET", address)) == ["Kiln", "Pond", "Attic", "Notes"]
        assert {tuple(each) for each in ada.ask("GET", address).json["channels"]} == {tuple(PUBLIC)}
        assert members(lab.client.get(f"/users/{ada.login}/channels.xml").text) == lab.client.get(address).json

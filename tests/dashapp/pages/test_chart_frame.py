"""A field's chart at ThingSpeak's address: every parameter, who sees it, and how it follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from dashapp.pages.chart_frame import Ids
from domain.channels import Visibility
from domain.roles import Right, Role
from domain.timespan import MINUTE
from tests.builders import NOW, append, entry
from tests.lab import Board, Lab, opened_lab
from tests.people import make_new_member, sign_in
from tests.tab import Tab

SITE = "https://blog.example.edu"
REFUSED = "There is nothing here that you may see"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("frames"), EMBED_ORIGINS=SITE) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    """Twelve entries of numbers, a minute apart; a word with every third."""
    board = lab.enrol(name="Otter kiln", feeds=("temperature:°C", "door:text", "probe:mixed"))
    for place in range(12):
        words = {"door": "open" if place % 2 else "closed"} if place % 3 == 0 else {}
        append(lab.store, board.channel, entry(NOW + place * MINUTE, temperature=20.0 + place, **words))
    return board


@pytest.fixture
def private(lab) -> Board:
    board = lab.enrol(name="Team notes", visibility=Visibility.MEMBERS)
    board.post({"temperature": 20.125})
    return board


def address(board: Board, query: str = "", number: int = 1) -> str:
    return f"/channels/{board.channel_id}/charts/{number}?{query}"


def opened(board: Board, query: str = "", number: int = 1) -> Tab:
    return Tab(board.lab.client, address(board, query, number))


def figure(tab: Tab) -> dict:
    return tab.prop(Ids.CHART, "figure")


def values(tab: Tab) -> list:
    return figure(tab)["data"][0]["y"]


def numbers(tab: Tab) -> list:
    """What is drawn, without the breaks of the line."""
    return [value for value in values(tab) if value is not None]


def ask_again(tab: Tab, times: int = 1) -> None:
    tab.change(Ids.POLL, "n_intervals", times)


class TestHowItLooks:
    @pytest.mark.parametrize(
        ("query", "title"),
        [("", "Otter kiln"), ("title=My%20kiln", "My kiln"), ("title=%3Cscript%3E", "&lt;script&gt;")],
    )
    def test_its_title(self, board, query, title):
        assert figure(opened(board, query))["layout"]["title"]["text"] == title

    def test_labels_colours_and_limits(self, board):
        drawn = figure(opened(board, "xaxis=Zeit&yaxis=Heat&color=00f&bgcolor=%23000&yaxismin=0&yaxismax=40"))
        layout = drawn["layout"]
        assert [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["Zeit", "Heat"]
        assert (drawn["data"][0]["line"]["color"], layout["paper_bgcolor"]) == ("#0000ff", "#000000")
        assert layout["yaxis"]["range"] == [0, 40]

    @pytest.mark.parametrize(
        ("query", "kind"),
        [("type=line", "scatter"), ("type=bar", "bar"), ("type=column", "bar"), ("type=spline", "scatter")],
    )
    def test_its_form(self, board, query, kind):
        assert figure(opened(board, query))["data"][0]["type"] == kind

    @pytest.mark.parametrize("query", ["type=step", "step=true"])
    def test_steps(self, board, query):
        assert figure(opened(board, query))["data"][0]["line"]["shape"] == "hv"

    @pytest.mark.parametrize(
        ("query", "size"),
        [
            ("", {}),
            ("width=auto&height=auto", {}),
            ("width=300&height=180", {"width": "300px", "height": "180px"}),
        ],
    )
    def test_its_size(self, board, query, size):
        [drawn] = opened(board, query).prop(Ids.CONTENT)
        assert drawn["props"]["style"] == size

    @pytest.mark.parametrize(("query", "has_button"), [("", False), ("export=true", True), ("export=false", False)])
    def test_a_button_that_saves_it(self, board, query, has_button):
        config = opened(board, query).prop(Ids.CHART, "config")
        assert config["displayModeBar"] == has_button
        assert ("toImage" in str(config)) == has_button

    def test_words_are_a_band(self, board):
        [band, *_] = figure(opened(board, number=2))["data"]
        assert (band["orientation"], set(band["text"])) == ("h", {"open", "closed"})

    @pytest.mark.parametrize(
        ("query", "theme", "ground"),
        [("", "light", "#ffffff"), ("bgcolor=000", "dark", "#000000"), ("bgcolor=%22x", "light", "#ffffff")],
    )
    def test_its_ground_is_there_from_the_first_paint_on(self, board, query, theme, ground):
        page = board.get(address(board, query)).text
        assert f'<body class="lf-bare" data-bs-theme="{theme}" style="--lf-page:{ground};--lf-card:{ground}' in page


class TestWhatItShows:
    @pytest.mark.parametrize(
        "query",
        [
            "",
            "results=3",
            "results=0",
            "start=2026-11-20T10:02:00Z&end=2026-11-20T10:04:00Z",
            "start=2026-11-20%2011:02:00&end=2026-11-20%2011:04:00&timezone=Europe/Berlin",
            "start=2026-11-20%2012:02:00&end=2026-11-20%2012:04:00&offset=2",
            "days=1",
            "minutes=1",
            "min=25",
            "max=25",
            "average=10&round=1",
            "sum=10",
            "median=10",
            "timescale=10",
            "average=11",
            "start_entry_id=3&end_entry_id=5",
        ],
    )
    def test_it_draws_what_reading_the_field_tells(self, board, query):
        told = board.get(f"/channels/{board.channel_id}/fields/1.json?{query}").json["feeds"]
        said = [float(row["field1"]) for row in told if row["field1"] is not None]
        tab = opened(board, query)
        assert (numbers(tab) if said else []) == said
        assert ("Nothing to show" in tab.words) == (not said)

    @pytest.mark.parametrize(
        ("query", "hours"), [("", 0), ("timezone=Europe/Berlin", 1), ("offset=-8", -8), ("timezone=Nowhere/No", 0)]
    )
    def test_its_times_are_those_of_the_zone_that_is_named(self, board, query, hours):
        [first, *_] = figure(opened(board, query))["data"][0]["x"]
        assert first == NOW / 1000 + hours * 3_600_000

    def test_it_says_in_words_what_it_shows(self, board):
        assert "temperature 31 °C, range 20 to 31" in opened(board).words

    def test_a_query_that_is_no_text_is_refused_with_the_reason(self, board):
        tab = opened(board, "title=%ff")
        assert "The message is not UTF-8 text" in tab.words

    @pytest.mark.parametrize("number", [4, 8, 9, 10**17])
    def test_a_field_that_is_not_there_is_not_there(self, board, number):
        tab = opened(board, number=number)
        assert (tab.status, REFUSED in tab.words) == (404, True)


class TestWhoSeesIt:
    def test_without_its_key_nothing_of_a_private_channel_is_told(self, private):
        tab = opened(private)
        assert (tab.status, REFUSED in tab.words) == (404, True)
        assert not [told for told in ("Team notes", "20.125") if told in "".join(tab.answers)]

    def test_what_is_private_does_not_differ_from_what_never_was(self, lab, private):
        never = Tab(lab.client, "/channels/999999/charts/1")
        assert opened(private).words == never.words

    @pytest.mark.parametrize("carrier", ["api_key", "key", "apikey"])
    @pytest.mark.parametrize("right", [Right.READ, Right.WRITE])
    def test_with_one_of_its_keys_it_is_there(self, lab, private, carrier, right):
        written = lab.make_key(private.channel_id, right)
        tab = opened(private, f"{carrier}={written}")
        assert (tab.status, values(tab)) == (200, [20.125])

    def test_with_the_key_of_another_channel_it_is_not(self, lab, board, private):
        assert opened(private, f"api_key={lab.make_key(board.channel_id, Right.READ)}").status == 404

    def test_a_wrong_key_does_not_hurt_a_public_channel(self, board):
        assert opened(board, "api_key=NONSENSE").status == 200

    def test_a_member_who_is_signed_in_sees_it_and_not_by_a_key_that_is_no_good(self, lab, private):
        member = make_new_member(lab.store, private.channel_id, "Ada Finch", Role.VIEWER)
        client = sign_in(lab.client, lab.store, member, context.now())
        assert values(Tab(client, address(private))) == [20.125]
        assert Tab(client, address(private, "api_key=NONSENSE")).status == 404

    def test_the_key_stands_in_no_link(self, lab, private):
        written = lab.make_key(private.channel_id, Right.READ)
        tab = opened(private, f"api_key={written}")
        assert "href" not in str(tab.prop(Ids.CONTENT))

    def test_where_everybody_may_it_leads_to_the_channel(self, board):
        assert f"/channels/{board.channel_id}'" in str(opened(board).prop(Ids.CONTENT))

    def test_a_key_that_is_revoked_empties_it_the_next_time(self, lab, private):
        written = lab.make_key(private.channel_id, Right.READ)
        tab = opened(private, f"api_key={written}&dynamic=true")
        lab.revoke(written)
        ask_again(tab)
        assert REFUSED in tab.words
        assert "20.125" not in tab.words


class TestFollowing:
    @pytest.mark.parametrize(
        ("query", "is_off", "every_ms"),
        [
            ("", True, 1000),
            ("dynamic=false", True, 1000),
            ("dynamic=true", False, 1000),
            ("dynamic=true&update=15", False, 15_000),
        ],
    )
    def test_it_asks_as_often_as_is_wished(self, board, query, is_off, every_ms):
        tab = opened(board, query)
        assert (tab.prop(Ids.POLL, "disabled"), tab.prop(Ids.POLL, "interval")) == (is_off, every_ms)

    def test_what_came_pushes_the_oldest_out(self, board):
        tab = opened(board, "dynamic=true&results=3")
        board.post({"temperature": 50})
        ask_again(tab)
        assert numbers(tab) == [30, 31, 50]

    def test_unless_it_is_to_grow(self, board):
        tab = opened(board, "dynamic=true&results=3&push=false")
        for value in (50, 51):
            board.post({"temperature": value})
            ask_again(tab)
        assert numbers(tab) == [29, 30, 31, 50, 51]

    def test_where_nothing_came_nothing_is_drawn(self, board):
        tab = opened(board, "dynamic=true")
        before = len(tab.answers)
        ask_again(tab)
        assert [told for told in tab.answers[before:] if "figure" in told] == []

    def test_now_and_then_it_is_drawn_anew_all_the_same(self, board):
        tab = opened(board, "dynamic=true")
        before = len(tab.answers)
        ask_again(tab, 60)
        assert "figure" in "".join(tab.answers[before:])

    def test_the_first_reading_appears_by_itself(self, lab):
        silent = lab.enrol(name="Windowsill")
        tab = opened(silent, "dynamic=true")
        assert "No reading yet" in tab.words
        silent.post({"temperature": 21.5})
        ask_again(tab)
        assert values(tab) == [21.5]

    @pytest.mark.parametrize("memory", [{"since": "x"}, {"since": True}, {"cursor": []}, {"is_chart": 1}, None])
    def test_a_memory_that_is_not_ours_does_no_harm(self, board, memory):
        tab = opened(board, "dynamic=true&push=false")
        tab.change(Ids.MEMORY, "data", memory)
        ask_again(tab)
        assert len(values(tab)) == 12


class TestTheFrame:
    @pytest.mark.parametrize(
        "path", ["charts/1", "charts/1?api_key=X&bgcolor=000", "charts/1/", "widgets/1", "maps/channel_show"]
    )
    def test_the_sites_of_the_settings_may_frame_it(self, board, path):
        headers = board.get(f"/channels/{board.channel_id}/{path}").headers
        policy = f"frame-ancestors 'self' {SITE}"
        assert (headers["Content-Security-Policy"], headers.get("X-Frame-Options")) == (policy, None)

    @pytest.mark.parametrize("path", ["charts", "charts/", "charts/x", "charts/1/x", "maps/other", "maps/", "settings"])
    def test_nothing_beside_it_may_be_framed(self, board, path):
        headers = board.get(f"/channels/{board.channel_id}/{path}").headers
        assert headers["X-Frame-Options"] == "DENY"

    def test_without_settings_no_site_may(self, tmp_path):
        with opened_lab(tmp_path / "usual") as usual:
            answer = usual.enrol().get("/channels/1/charts/1")
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]

    def test_the_browser_is_asked_to_hold_no_socket(self, board):
        assert '"websocket"' not in board.get(address(board)).text

"""What was said with entries, read in ThingSpeak's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from domain.channels import Visibility
from domain.timespan import DAY, MINUTE
from tests.builders import NOW, append, entry
from tests.dialects.thingspeak.reads import TYPES, read
from tests.lab import Board, Lab, opened_lab

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    """Its entries: two days old with a status, two hours with one, an hour without."""
    made = lab.enrol(feeds=("temperature",), name="Kiln <b>")
    old, late = entry(NOW - 2 * DAY, status="lit", temperature=1), entry(NOW - 120 * MINUTE, status="<b>hot</b> & dry")
    append(lab.store, made.channel, old, late, entry(NOW - 60 * MINUTE, temperature=2))
    return made


@pytest.fixture(autouse=True)
def at_ten(monkeypatch) -> None:
    monkeypatch.setattr(context, "now", lambda: NOW)


HEAD = '{"channel":{"name":"Kiln <b>","latitude":"0.0","longitude":"0.0"},"feeds":['
OLD = '{"created_at":"2026-11-18T10:00:00Z","entry_id":1,"status":"lit"}'
LATE = '{"created_at":"2026-11-20T08:00:00Z","entry_id":2,"status":"<b>hot</b> & dry"}'
LAST = '{"created_at":"2026-11-20T09:00:00Z","entry_id":3,"status":null}'

ANSWERS = {
    "status.json": f"{HEAD}{LATE},{LAST}]}}",
    "statuses.json": f"{HEAD}{LATE},{LAST}]}}",
    "status": f"{HEAD}{LATE},{LAST}]}}",
    "status.json?results=1": f"{HEAD}{LAST}]}}",
    "status.json?days=3": f"{HEAD}{OLD},{LATE},{LAST}]}}",
    "status.json?days=3&results=2": f"{HEAD}{LATE},{LAST}]}}",
    "status.json?start=2026-11-18": f"{HEAD}{OLD},{LATE},{LAST}]}}",
    "status.json?callback=fn": f"fn({HEAD}{LATE},{LAST}]}})",
    "status.csv": "created_at,entry_id,status\n2026-11-20 08:00:00 UTC,2,<b>hot</b> & dry\n"
    "2026-11-20 09:00:00 UTC,3,\n",
    "status.xml?results=1": f'{XML}<channel><name>Kiln &lt;b&gt;</name><latitude type="decimal">0.0</latitude>'
    '<longitude type="decimal">0.0</longitude><feeds type="array"><feed>'
    '<created-at type="dateTime">2026-11-20T09:00:00Z</created-at>'
    '<entry-id type="integer">3</entry-id><status nil="true"/></feed></feeds></channel>\n',
    "status/last": LAST,
    "status/last.json": LAST,
    "status/last.txt": "",
    "status/last.csv": "created_at,entry_id,status\n2026-11-20 09:00:00 UTC,3,\n",
    "status/recent.json": '[{"status":"<b>hot</b> & dry","created_at":"2026-11-20T08:00:00Z","entry_id":2},'
    '{"status":"lit","created_at":"2026-11-18T10:00:00Z","entry_id":1}]',
}


class TestAnswers:
    @pytest.mark.parametrize("path", ANSWERS)
    def test_each_address_says_exactly_this(self, board, path):
        assert read(board, path).text == ANSWERS[path]

    @pytest.mark.parametrize("path", ["status", "statuses", "status/last"])
    @pytest.mark.parametrize("ending", TYPES)
    def test_and_in_each_form(self, board, path, ending):
        answer = read(board, path + ending)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{TYPES[ending]}; charset=utf-8")

    def test_the_last_as_a_text_is_what_was_said(self, lab):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW, status="resting"))
        assert read(made, "status/last.txt?prepend=Kiln:%20").text == "Kiln: resting"


class TestTheListForAFrame:
    def test_it_shows_what_was_said_and_runs_nothing_of_it(self, board):
        answer = read(board, "status/recent")
        assert "<li>&lt;b&gt;hot&lt;/b&gt; &amp; dry<time" in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "X-Frame-Options" not in answer.headers

    def test_thirty_at_most(self, lab):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, *[entry(NOW + each, status=f"word {each}") for each in range(40)])
        assert [row["entry_id"] for row in read(made, "statuses/recent.json").json] == list(range(40, 10, -1))

    def test_where_nothing_was_said_it_says_so(self, lab):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW))
        assert "Nothing was said yet." in read(made, "status/recent").text

    @pytest.mark.parametrize("ending", ["", ".json", ".xml"])
    def test_of_a_private_channel_nothing_is_shown(self, lab, ending):
        made = lab.enrol(feeds=("temperature",), visibility=Visibility.MEMBERS)
        append(lab.store, made.channel, entry(NOW, status="canary"))
        closed, opened = (read(made, f"status/recent{ending}{query}") for query in ("", f"?key={made.key}"))
        assert (closed.status_code, closed.text) == (400, "-1")
        assert "canary" in opened.text

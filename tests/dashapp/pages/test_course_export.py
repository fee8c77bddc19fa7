"""A course's export as a page: who finds it, what it says would be taken, and how far it is."""

from __future__ import annotations

import io
import json
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest

import context
from dashapp.components.course_export_panels import EACH, ONE, OWN, Ids, progress_bar
from dashapp.pages.exports import Ids as Exports
from domain.channels import Visibility
from domain.course_exports import Preset
from domain.roles import Part
from domain.timespan import DAY, MINUTE
from models import progress
from models.progress import Progress
from tests.builders import append, entry, make_channel
from tests.dashapp.shapes import as_json, texts
from tests.lab import opened_lab
from tests.people import enrol, make_course, make_person, sign_in, viewing
from tests.tab import Tab

SETTINGS = {"COLLEGE_DOMAINS": "example.edu", "COLLEGE_ZONE": "America/Los_Angeles"}


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path, **SETTINGS) as lab:
        yield lab


@pytest.fixture
def teacher(lab):
    return make_person(lab.store, "Tess Teacher")


@pytest.fixture
def course(lab, teacher) -> int:
    """A course with a channel in each section: one reading of last month, and ten of the last minutes."""
    make_course(lab.store, "ART1")
    course_id, now = make_course(lab.store), context.now()
    enrol(lab.store, course_id, teacher)
    for section in "AB":
        made = make_channel(
            lab.store, f"Kiln {section}", course_id=course_id, section=section, visibility=Visibility.MEMBERS
        )
        sent = [entry(now - each * MINUTE, temperature=each) for each in range(1, 11)]
        append(lab.store, made, entry(now - 40 * DAY, temperature=0), *sent)
    return course_id


@pytest.fixture
def tab(lab, teacher, course) -> Tab:
    return opened(lab, teacher, f"/courses/{course}/export")


def opened(lab, person, address: str) -> Tab:
    return Tab(sign_in(lab.client, lab.store, person, context.now()), address)


def asked(tab: Tab) -> dict[str, list[str]]:
    """The parameters of the address that is offered, but for the word under which its progress is kept."""
    found = parse_qs(urlsplit(tab.prop(Ids.TAKE, "href")).query)
    del found["progress"]
    return found


class TestWhoFindsIt:
    def test_the_staff_do(self, tab):
        assert tab.status == 200
        assert "All channels of ENGR114 2026 autumn" in tab.words

    def test_its_students_and_everybody_else_do_not(self, lab, course):
        student, stranger = make_person(lab.store), make_person(lab.store, "Sam Stranger")
        enrol(lab.store, course, student, Part.STUDENT, section="A")
        for person in (student, stranger):
            refused = opened(lab, person, f"/courses/{course}/export")
            assert refused.status == 404
            assert "There is nothing here that you may see" in refused.words
            assert not [answer for answer in refused.answers if "Kiln" in answer or "Section A" in answer]

    def test_from_the_course_there_is_a_way_for_its_staff_alone(self, lab, teacher, course):
        student = make_person(lab.store)
        enrol(lab.store, course, student, Part.STUDENT)
        way = f'"href": "/courses/{course}/export"'
        drawn = [json.dumps(opened(lab, each, f"/courses/{course}").prop("course-head")) for each in (teacher, student)]
        assert [way in each for each in drawn] == [True, False]


class TestTheList:
    def test_it_holds_what_somebody_teaches(self, lab, teacher, course):
        tab = opened(lab, teacher, "/exports")
        assert f"/courses/{course}/export" in json.dumps(tab.prop(Exports.LIST))
        assert "ART1" not in tab.words
        assert "Exports" in str(tab.prop("places"))

    def test_who_teaches_nothing_reads_where_else_to_look(self, lab, course):
        tab = opened(lab, make_person(lab.store), "/exports")
        assert "You teach no course" in tab.words
        assert "/exports" not in json.dumps(tab.prop("places"))


class TestWhatIsOffered:
    def test_it_is_the_last_seven_days_by_the_clocks_of_the_college(self, tab):
        assert asked(tab) == {"from": ["now-7d"], "zone": ["America/Los_Angeles"]}
        assert "2 channels 20 readings" in tab.words

    def test_everything_is_all_there_ever_was(self, tab):
        tab.change(Ids.PRESET, "value", str(Preset.EVERYTHING))
        assert "2 channels 22 readings" in tab.words
        assert asked(tab) == {"zone": ["America/Los_Angeles"]}

    def test_a_section_is_its_channels(self, tab):
        tab.change(Ids.SECTION, "value", f"{ONE}B")
        assert "1 channel 10 readings" in tab.words
        assert asked(tab)["section"] == ["B"]

    def test_a_range_may_be_written_by_hand(self, tab):
        tab.change(Ids.PRESET, "value", OWN)
        assert "22 readings" in tab.words
        tab.change(Ids.FROM, "value", "now-5m")
        assert asked(tab)["from"] == ["now-5m"]

    def test_every_choice_goes_into_the_address(self, tab):
        for part, value in (
            (Ids.SHAPE, "tidy"), (Ids.BIN, "10m"), (Ids.ZONE, "Europe/Berlin"), (Ids.COMMA, True), (Ids.EXCEL, True),
        ):  # fmt: skip
            tab.change(part, "value", value)
        assert asked(tab) == {
            "from": ["now-7d"],
            "zone": ["Europe/Berlin"],
            "shape": ["tidy"],
            "bin": ["10m"],
            "agg": ["mean"],
            "decimal": ["comma"],
            "excel": ["1"],
        }
        assert "--shape tidy --bin 10m --decimal-comma --excel" in tab.words
        tab.change(Ids.BIN, "value", EACH)
        assert "bin" not in asked(tab)

    def test_a_range_that_is_none_offers_nothing_and_says_why(self, tab):
        tab.change(Ids.PRESET, "value", OWN)
        tab.change(Ids.FROM, "value", "yesterday")
        assert "is not a time" in tab.words
        assert tab.prop(Ids.TAKE, "href") is None
        assert "disabled" in tab.prop(Ids.TAKE, "className")

    def test_what_is_offered_is_an_archive(self, tab):
        archive = zipfile.ZipFile(io.BytesIO(tab.client.get(tab.prop(Ids.TAKE, "href")).data))
        assert archive.testzip() is None
        assert len(archive.namelist()) == 6


class TestHowFarItIs:
    def test_it_is_looked_at_from_the_click_until_it_is_sent(self, tab):
        assert tab.prop(Ids.BEAT, "disabled") is True
        tab.press(Ids.TAKE)
        assert "Beginning" in tab.words
        assert tab.prop(Ids.BEAT, "disabled") is False
        assert zipfile.is_zipfile(io.BytesIO(tab.client.get(tab.prop(Ids.TAKE, "href")).data))
        tab.change(Ids.BEAT, "n_intervals", 1)
        assert "Sent: 20 readings." in tab.words
        assert tab.prop(Ids.BEAT, "disabled") is True

    def test_what_never_begins_is_not_waited_for_for_ever(self, tab):
        tab.press(Ids.TAKE)
        tab.change(Ids.BEAT, "n_intervals", 2)
        assert tab.prop(Ids.BEAT, "disabled") is False
        tab.change(Ids.BEAT, "n_intervals", 100)
        assert tab.prop(Ids.BEAT, "disabled") is True

    def test_on_its_way_it_says_how_much_was_sent(self, lab, teacher, course, tab):
        tab.press(Ids.TAKE)
        word, now = tab.prop(Ids.WORD, "data"), context.now()
        job_id = lab.store.tell(progress.begin_of_course, viewing(teacher), course, word, 20_000, now)
        lab.store.tell(progress.note, job_id, 5_000, now)
        tab.change(Ids.BEAT, "n_intervals", 1)
        assert "5 000 of 20 000 readings" in tab.words

    def test_what_broke_off_is_said_to_be_of_no_use(self):
        said = " ".join(texts(as_json(progress_bar(Progress(10, 20, is_over=True, is_whole=False)))))
        assert "cannot be opened" in said

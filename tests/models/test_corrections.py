"""Single readings put right: by whom, what is stored then, and that summaries and the audit log know."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.audit import Deed
from domain.channels import Visibility
from domain.corrections import Change, PutRight, spelling
from domain.errors import Forbidden, Invalid, NotFound, Outdated
from domain.roles import Role, Standing
from domain.timespan import HOUR, MINUTE, SECOND, TimeSpan, to_rfc3339
from models import corrections, readings
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.hands import deeds
from tests.models.test_rollups import expect_true_summaries, stored_rows
from tests.people import acting, make_new_member
from tests.standings import everybody

MAY = {Standing.EDITOR, Standing.OWNER}
ON_STORED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
INSTANTS = [NOW + each for each in (0, 1, 9 * SECOND, 11 * SECOND, MINUTE, 20 * MINUTE, 7 * HOUR, 30 * HOUR)]
EDITS = st.lists(
    st.tuples(st.sampled_from(INSTANTS), st.sampled_from([None, "0", "-3", "21.50", "1e3"])),
    unique_by=lambda edit: edit[0],
    max_size=len(INSTANTS),
)


@pytest.fixture
def channel(store, noise, course_id):
    """Of the college: readings of 1, 2, 3 … close together and far apart, and of words; among noise."""
    made = make_channel(store, feeds=("temperature", "door:text"), visibility=Visibility.COLLEGE, course_id=course_id)
    append(store, made, *[entry(at, temperature=each + 1, door="open") for each, at in enumerate(INSTANTS)])
    return reread(store, made)


def of(channel, name: str) -> int:
    return next(feed.id for feed in channel.feeds if feed.name == name)


def warmer(channel, to: str | None = "22.5", *, at: int = NOW, was: str = "1") -> Change:
    return Change(of(channel, "temperature"), at, was, to)


class TestWhoMay:
    @pytest.mark.parametrize("standing", Standing)
    @pytest.mark.parametrize("to", ["22.5", None])
    def test_it_is_for_editors_and_owners(self, store, channel, course_id, standing, to):
        actor = everybody(store, channel.id, course_id)[standing]
        before = sorted(stored_rows(store, of(channel, "temperature")))
        if standing in MAY:
            store.tell(corrections.apply, actor, channel.id, [warmer(channel, to)])
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                store.tell(corrections.apply, actor, channel.id, [warmer(channel, to)])
        assert (sorted(stored_rows(store, of(channel, "temperature"))) != before) == (standing in MAY)

    def test_a_feed_of_another_channel_is_not_reached(self, store, channel, noise, editor):
        theirs = Change(noise[0].feeds[0].id, NOW, "-999", "0")
        with pytest.raises(NotFound):
            store.tell(corrections.apply, acting(editor), channel.id, [theirs])
        assert (NOW, -999) in stored_rows(store, noise[0].feeds[0].id)


class TestApply:
    def test_a_corrected_reading_has_the_new_value_at_its_instant(self, store, channel, editor):
        done = store.tell(corrections.apply, acting(editor), channel.id, [warmer(channel)])
        assert done == PutRight(corrected=1, deleted=0)
        assert dict(stored_rows(store, of(channel, "temperature")))[NOW] == 22.5

    def test_a_deleted_one_is_gone_and_no_other(self, store, channel, editor):
        store.tell(corrections.apply, acting(editor), channel.id, [warmer(channel, None)])
        assert [at for at, _ in sorted(stored_rows(store, of(channel, "temperature")))] == INSTANTS[1:]
        assert [at for at, _ in sorted(stored_rows(store, of(channel, "door")))] == INSTANTS

    @ON_STORED
    @given(edits=EDITS)
    def test_summaries_of_every_width_stay_true(self, store, edits):
        made = make_channel(store, feeds=("temperature", "door:text"))
        append(store, made, *[entry(at, temperature=each + 1, door="open") for each, at in enumerate(INSTANTS)])
        owner = make_new_member(store, made.id, "Olga Owner", Role.OWNER)
        changes = [Change(made.feeds[0].id, at, str(INSTANTS.index(at) + 1), to) for at, to in edits]
        store.tell(corrections.apply, acting(owner), made.id, changes)
        expected = {at: float(each + 1) for each, at in enumerate(INSTANTS)}
        expected |= {at: None if to is None else float(to) for at, to in edits}
        kept = [(at, value) for at, value in expected.items() if value is not None]
        assert sorted(stored_rows(store, made.feeds[0].id)) == kept
        expect_true_summaries(store, made)

    def test_a_word_is_put_right_too(self, store, channel, editor):
        store.tell(corrections.apply, acting(editor), channel.id, [Change(of(channel, "door"), NOW, "open", "shut")])
        [shut] = store.ask(readings.between, acting(editor).viewer, channel.id, ["door"], TimeSpan(NOW, NOW + 1), 9)
        assert shut.text == "shut"
        expect_true_summaries(store, channel)

    def test_the_channels_version_grows_so_that_pages_look_again(self, store, channel, editor):
        store.tell(corrections.apply, acting(editor), channel.id, [warmer(channel)])
        assert reread(store, channel).version > channel.version

    def test_its_spelling_is_kept(self, store, channel, editor):
        store.tell(corrections.apply, acting(editor), channel.id, [warmer(channel, "22.50")])
        again = warmer(channel, "23", was="22.50")
        assert store.tell(corrections.apply, acting(editor), channel.id, [again]).corrected == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("to", "was", "at", "refusal"),
        [
            ("warm", "1", NOW, Invalid),
            ("2", "7", NOW, Outdated),
            (None, "7", NOW, Outdated),
            ("2", "1", NOW - 5, Outdated),
        ],
    )
    def test_then_nothing_of_it_is_stored_or_noted(self, store, channel, editor, to, was, at, refusal):
        good = warmer(channel, "9", at=INSTANTS[1], was="2")
        before = sorted(stored_rows(store, of(channel, "temperature")))
        with pytest.raises(refusal):
            store.tell(corrections.apply, acting(editor), channel.id, [good, warmer(channel, to, at=at, was=was)])
        assert sorted(stored_rows(store, of(channel, "temperature"))) == before
        assert deeds(store, channel.id) == []
        assert reread(store, channel).version == channel.version

    def test_too_many_are_refused(self, store, channel, editor):
        many = [warmer(channel)] * (corrections.MOST_CHANGES + 1)
        with pytest.raises(Invalid):
            store.tell(corrections.apply, acting(editor), channel.id, many)


class TestTheAuditLog:
    def test_it_says_which_reading_was_what(self, store, channel, editor):
        changes = [warmer(channel), warmer(channel, None, at=INSTANTS[1], was="2")]
        store.tell(corrections.apply, acting(editor), channel.id, changes)
        assert deeds(store, channel.id) == [
            (
                Deed.READING_CORRECTED,
                {"feed": "temperature", "time": to_rfc3339(NOW), "value": {"from": 1.0, "to": 22.5}},
            ),
            (Deed.READING_DELETED, {"feed": "temperature", "time": to_rfc3339(INSTANTS[1]), "value": 2.0}),
        ]

    @pytest.mark.parametrize("to", ["a secret", None])
    def test_it_does_not_keep_words(self, store, channel, editor, to):
        store.tell(corrections.apply, acting(editor), channel.id, [Change(of(channel, "door"), NOW, "open", to)])
        [(_, said)] = deeds(store, channel.id)
        assert said == {"feed": "door", "time": to_rfc3339(NOW)}


def test_the_spelling_of_what_is_stored_is_exact():
    assert [spelling(21.0, None), spelling(0.1 + 0.2, None), spelling(21.5, "21.50"), spelling(None, "open")] == [
        "21",
        "0.30000000000000004",
        "21.50",
        "open",
    ]

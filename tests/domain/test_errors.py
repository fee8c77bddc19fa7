"""The family of refusals, held to one form."""

from __future__ import annotations

import re

import pytest

from domain.errors import MOST_COMPLAINTS, Complaint, Invalid, KeyMissing, LabfeedError, TooFast, family

MEMBERS = [pytest.param(member, id=code) for code, member in family().items()]


class TestFamily:
    def test_every_class_has_a_code_of_its_own(self):
        assert len(family()) == 1 + len(LabfeedError.__subclasses__())

    def test_it_is_in_the_order_of_status(self):
        statuses = [member.status for member in family().values()]
        assert statuses == sorted(statuses)

    @pytest.mark.parametrize("member", MEMBERS)
    def test_a_code_is_fit_for_an_address_and_its_column(self, member):
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", member.code)
        assert len(member.code) <= 32

    @pytest.mark.parametrize("member", MEMBERS)
    def test_a_status_is_a_refusal(self, member):
        assert 400 <= member.status <= 599

    @pytest.mark.parametrize("member", MEMBERS)
    def test_a_title_is_a_headline_and_a_hint_a_sentence(self, member):
        assert member.title[0].isupper()
        assert not member.title.endswith(".")
        assert member.hint is None or member.hint.endswith(".")


class TestToProblem:
    @pytest.mark.parametrize("member", MEMBERS)
    def test_it_has_the_members_of_rfc_9457(self, member):
        problem = member("It is raining.").to_problem()
        assert list(problem)[:4] == ["type", "title", "status", "detail"]
        assert problem["type"] == f"/problems/{member.code}"
        assert (problem["status"], problem["detail"]) == (member.status, "It is raining.")

    def test_what_helps_comes_along(self):
        refused = TooFast("Slowly.", pointer="/0/door", hint="Wait.", retry_after_s=1.23456)
        assert (
            refused.to_problem() | {"pointer": "/0/door", "hint": "Wait.", "retry_after": 1.235} == refused.to_problem()
        )

    def test_what_does_not_help_stays_away(self):
        assert list(Invalid("No.").to_problem()) == ["type", "title", "status", "detail"]

    def test_every_complaint_is_listed(self):
        complaint = Complaint("/door", "Feed door: no.", "Send text.", "null")
        listed = Invalid("No.", complaints=[complaint]).to_problem()["errors"]
        assert listed == [{"pointer": "/door", "code": "null", "detail": "Feed door: no.", "hint": "Send text."}]

    def test_ten_thousand_complaints_are_cut_and_counted(self):
        problem = Invalid("No.", complaints=[Complaint("/", "No.")] * 10_000).to_problem()
        assert len(problem["errors"]) == MOST_COMPLAINTS
        assert problem["errors_left_out"] == 10_000 - MOST_COMPLAINTS

    def test_without_a_detail_the_title_says_it(self):
        assert KeyMissing().to_problem()["detail"] == "No key was sent."


class TestToHeaders:
    def test_a_refusal_is_never_kept_by_a_cache(self):
        assert Invalid("No.").to_headers() == {"Cache-Control": "no-store"}

    @pytest.mark.parametrize(("wait_s", "told"), [(0.0, "1"), (0.2, "1"), (1.0, "1"), (1.01, "2"), (60, "60")])
    def test_whole_seconds_are_told_and_never_none(self, wait_s, told):
        assert TooFast(retry_after_s=wait_s).to_headers()["Retry-After"] == told

    @pytest.mark.parametrize("member", [each for each in family().values() if each.status == 401])
    def test_who_is_unknown_learns_how_to_say_who_it_is(self, member):
        assert member().to_headers()["WWW-Authenticate"].startswith("Bearer")

    def test_headers_of_its_own_come_along(self):
        assert Invalid(headers={"Allow": "GET"}).to_headers()["Allow"] == "GET"

"""The sign-in page: who may sign in, and a button for each way to do it."""

from __future__ import annotations

import context
from dashapp.pages.sign_in import Ids, next_in
from tests.lab import opened_lab
from tests.people import make_person, sign_in
from tests.tab import Tab

GOOGLE = {
    "OIDC_ISSUER": "https://accounts.google.com",
    "OIDC_CLIENT_ID": "id",
    "OIDC_CLIENT_SECRET": "hush",
    "OIDC_NAME": "Google",
    "COLLEGE_DOMAINS": "example.edu students.example.edu",
}
OTHER = {
    "OIDC_ISSUER_2": "https://login.example",
    "OIDC_CLIENT_ID_2": "practice",
    "OIDC_CLIENT_SECRET_2": "hush",
    "OIDC_NAME_2": "The Other One",
}


def hrefs(part) -> list[str]:
    """Every address that a component leads to."""
    if isinstance(part, list):
        return [href for each in part for href in hrefs(each)]
    if not isinstance(part, dict):
        return []
    own = [part["props"]["href"]] if "href" in part["props"] else []
    return own + hrefs(part["props"].get("children"))


class TestThePage:
    def test_it_has_a_button_for_each_provider_and_says_whose_it_is(self, tmp_path):
        with opened_lab(tmp_path, **GOOGLE, **OTHER) as lab:
            tab = Tab(lab.client, "/sign-in")
            assert tab.status == 200
            assert "Continue with Google" in tab.words
            assert "@example.edu or @students.example.edu" in tab.words
            leads = hrefs(tab.prop(Ids.CONTENT))
            assert {"/sign-in/google?next=/", "/sign-in/the-other-one?next=/"} <= set(leads)

    def test_it_remembers_where_one_was_going(self, tmp_path):
        with opened_lab(tmp_path, **GOOGLE) as lab:
            tab = Tab(lab.client, "/sign-in?next=/channels/7%3Ffrom%3Dnow-2h")
            assert "/sign-in/google?next=/channels/7%3Ffrom%3Dnow-2h" in hrefs(tab.prop(Ids.CONTENT))

    def test_of_the_practice_provider_it_says_what_it_is(self, tmp_path):
        with opened_lab(tmp_path, **GOOGLE, **OTHER) as lab:
            assert "practice provider" in Tab(lab.client, "/sign-in").words

    def test_of_a_real_one_it_does_not(self, tmp_path):
        with opened_lab(tmp_path, **GOOGLE) as lab:
            assert "practice" not in Tab(lab.client, "/sign-in").words

    def test_without_a_provider_it_says_so_to_whoever_runs_the_server(self, tmp_path):
        with opened_lab(tmp_path) as lab:
            tab = Tab(lab.client, "/sign-in")
            assert "no sign-in provider" in tab.words
            assert "docs/operators/sign-in.md" in tab.words

    def test_who_is_signed_in_is_told_so(self, tmp_path):
        with opened_lab(tmp_path, **GOOGLE) as lab:
            ada = make_person(lab.store)
            tab = Tab(sign_in(lab.client, lab.store, ada, context.now()), "/sign-in")
            assert "You are signed in as ada.finch@example.edu" in tab.words

    def test_no_secret_comes_to_the_page(self, tmp_path):
        with opened_lab(tmp_path, **GOOGLE) as lab:
            assert "hush" not in "".join(Tab(lab.client, "/sign-in").answers)


class TestNextIn:
    def test_it_is_what_the_address_says(self):
        assert next_in("?next=%2Fmine%3Fa%3Db&x=1") == "/mine?a=b"

    def test_without_it_one_goes_to_the_wall(self):
        assert [next_in(search) for search in ("", None, "?", "?next=", "?x=/mine")] == ["/"] * 5

"""Who may come in (S9, S10): people of the college with a verified address of the college, each as themselves."""

from __future__ import annotations

import time

import pytest

from accounts.admission import admitted
from accounts.refusals import Refused, Why
from domain.people import College
from domain.providers import Provider
from models import sessions
from tests.accounts.browsing import count_sessions
from tests.provider.strict import ADA

COLLEGE = College(frozenset({"example.edu", "students.example.edu"}))
GOOGLE = Provider("Google", "https://accounts.google.com", "id", "secret", COLLEGE.domains)
TENANT = "72f988bf-0000-41af-91ab-2d7cd011db47"
ENTRA = Provider(
    "Microsoft", "https://login.microsoftonline.com/x/v2.0", "id", "secret", frozenset({TENANT}), "tid", "xms_edov"
)

OF_ENTRA = {"sub": "x", "email": "ada@example.edu", "tid": TENANT, "xms_edov": True, "name": "Ada Finch"}

LOOK_ALIKES = [
    None, "", "gmail.com", "elsewhere.edu", "example.edu.evil.com", "evilexample.edu", "evil-example.edu",
    "sub.example.edu", ".example.edu", "example.edu.", "example.ed", "EXAMPLE.EDU", "Example.edu", "ехample.edu",
    "example。edu", "ｅxample.edu", "example.edu\x00", " example.edu", "example.edu ", "example.edu,evil.com",
    ["example.edu"], {"example.edu": True}, True, 1,
]  # fmt: skip


def without(name: str) -> dict[str, object]:
    return {each: value for each, value in ADA.items() if each != name}


def why(claims, provider=GOOGLE) -> Why:
    with pytest.raises(Refused) as refused:
        admitted(claims, provider, COLLEGE)
    return refused.value.why


class TestHostedDomain:
    @pytest.mark.parametrize("hosted", LOOK_ALIKES, ids=repr)
    def test_an_account_of_elsewhere_stays_outside(self, browser, behaviour, lab, hosted):
        before = count_sessions(lab)
        behaviour.claims = lambda said: {**said, "hd": hosted}
        assert browser.sign_in().status_code == 403
        assert (browser.carried, count_sessions(lab)) == ("", before)

    def test_without_the_claim_nobody_comes_in(self):
        assert why(without("hd")) is Why.HOSTED

    @pytest.mark.parametrize("domain", sorted(COLLEGE.domains))
    def test_each_domain_of_the_college_comes_in(self, domain):
        assert admitted({**ADA, "hd": domain}, GOOGLE, COLLEGE).email == "ada@example.edu"

    @pytest.mark.parametrize(
        "email",
        [
            "ada@gmail.com", "ada@example.edu.evil.com", "ada@evilexample.edu", "ada@sub.example.edu",
            "ada@example.ed", "ada@example.edu@evil.com",
        ],
    )  # fmt: skip
    def test_a_foreign_address_stays_outside_in_an_account_of_the_college(self, email):
        assert why({**ADA, "email": email}) in (Why.HOSTED, Why.EMAIL)

    @pytest.mark.parametrize(
        "email",
        [
            None, "", "ada", "@example.edu", "ada@", 7, ["ada@example.edu"], "ada@ехample.edu", "ada@example。edu",
            "ada smith@example.edu", "ada@example.edu,eve@evil.com", "<ada@example.edu>",
            "\u212Aate@example.edu", "ada@example.edu\x00", "a" * 300 + "@example.edu",
        ],
        ids=repr,
    )  # fmt: skip
    def test_what_is_no_address_stays_outside(self, email):
        assert why({**ADA, "email": email}) in (Why.EMAIL, Why.HOSTED)

    @pytest.mark.parametrize("email", ["ADA@EXAMPLE.EDU", "ada@Example.edu"])
    def test_an_address_is_the_same_in_capitals(self, email):
        assert admitted({**ADA, "email": email}, GOOGLE, COLLEGE).email == "ada@example.edu"


class TestVerifiedAddress:
    @pytest.mark.parametrize("value", [False, None, "true", "True", "yes", 1, "1", 0, "", [True]], ids=repr)
    def test_an_address_that_was_not_verified_stays_outside(self, browser, behaviour, value):
        behaviour.claims = lambda said: {**said, "email_verified": value}
        assert browser.sign_in().status_code == 403
        assert browser.carried == ""

    def test_without_the_claim_nobody_comes_in(self):
        assert why(without("email_verified")) is Why.UNVERIFIED


class TestEntra:
    """Microsoft Entra has neither hd nor email_verified; its own claims are named in the settings."""

    @pytest.mark.parametrize("verified", [True, 1, "1"])
    def test_a_verified_account_of_the_tenant_comes_in(self, verified):
        assert admitted({**OF_ENTRA, "xms_edov": verified}, ENTRA, COLLEGE).name == "Ada Finch"

    @pytest.mark.parametrize("verified", [False, None, 0, "0", "", "false", 1.0, [1]])
    def test_what_the_tenant_did_not_verify_stays_outside(self, verified):
        assert why({**OF_ENTRA, "xms_edov": verified}, ENTRA) is Why.UNVERIFIED

    @pytest.mark.parametrize("tenant", [None, "", "9188040d-6c67-4c5b-b112-36a304b66dad", TENANT.upper()])
    def test_another_tenant_stays_outside(self, tenant):
        assert why({**OF_ENTRA, "tid": tenant}, ENTRA) is Why.HOSTED

    def test_the_standard_claims_do_not_speak_for_it(self):
        said = {**OF_ENTRA, "xms_edov": None, "email_verified": True, "hd": "example.edu"}
        assert why(said, ENTRA) is Why.UNVERIFIED


class TestIdentity:
    """S10: somebody is their account, never their address."""

    @pytest.fixture
    def lab(self, fresh_lab):
        return fresh_lab

    @staticmethod
    def person_of(browser):
        found = browser.lab.store.ask(sessions.find, browser.carried, time.time_ns() // 1000)
        return found.person if found else None

    def test_a_new_account_with_a_known_address_is_not_that_person(self, browser, behaviour, open_browser_at, lab):
        browser.sign_in()
        behaviour.person["sub"] = "ada-2"
        other = open_browser_at(lab)
        answer = other.sign_in()
        assert (answer.status_code, other.carried) == (403, "")
        assert "admin" in answer.text
        assert browser.email == "ada@example.edu"

    def test_an_account_may_change_its_address(self, browser, behaviour):
        browser.sign_in()
        before = self.person_of(browser)
        behaviour.person["email"] = "ada.finch@example.edu"
        browser.sign_in()
        assert (self.person_of(browser).id, self.person_of(browser).email) == (before.id, "ada.finch@example.edu")

    def test_but_not_to_that_of_another(self, browser, behaviour, open_browser_at, lab):
        browser.sign_in()
        behaviour.person |= {"sub": "eve-1", "email": "eve@example.edu"}
        eve = open_browser_at(lab)
        eve.sign_in()
        behaviour.person["email"] = "ada@example.edu"
        assert eve.sign_in().status_code == 403
        assert browser.email == "ada@example.edu"

    def test_capitals_do_not_make_another_address(self, browser, behaviour, open_browser_at, lab):
        browser.sign_in()
        behaviour.person |= {"sub": "ada-2", "email": "ADA@example.edu"}
        assert open_browser_at(lab).sign_in().status_code == 403

    def test_the_same_subject_of_another_issuer_is_somebody_else(self, browser, provider, tmp_path_factory, lab):
        claimed = admitted({**ADA, "email": "else@example.edu"}, GOOGLE, COLLEGE)
        browser.sign_in()
        assert (claimed.issuer, claimed.subject) != (provider.issuer, self.person_of(browser).subject)

    def test_a_freed_address_may_be_taken_and_brings_nothing_with_it(self, browser, behaviour, open_browser_at, lab):
        browser.sign_in()
        ada = self.person_of(browser)
        lab.app.test_cli_runner().invoke(args=["person", "release", "ada@example.edu"])
        assert browser.email is None
        behaviour.person["sub"] = "ada-2"
        other = open_browser_at(lab)
        other.sign_in()
        assert (self.person_of(other).email, self.person_of(other).id != ada.id) == ("ada@example.edu", True)
        behaviour.person["sub"] = "ada-1"
        assert browser.sign_in().status_code == 403

    def test_who_was_handed_over_comes_in_with_another_account(self, browser, behaviour, lab):
        browser.sign_in()
        ada = self.person_of(browser)
        lab.app.test_cli_runner().invoke(args=["person", "hand-over", "ada@example.edu"])
        assert browser.email is None
        behaviour.person["sub"] = "ada-2"
        browser.sign_in()
        assert (self.person_of(browser).id, self.person_of(browser).subject) == (ada.id, "ada-2")

"""People with a user key, who make and change channels in ThingSpeak's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from werkzeug.test import TestResponse

from domain.logins import login_of
from domain.people import Person
from domain.tokens import Scope
from tests.lab import Lab
from tests.people import make_person
from tests.tokens import make_token


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a user key."""

    lab: Lab
    person: Person
    key: str

    @property
    def login(self) -> str:
        return login_of(self.person.id)

    def ask(self, method: str, path: str, **parameters: object) -> TestResponse:
        """With the key and these parameters in the address."""
        query = {"api_key": self.key} | parameters
        return self.lab.client.open(path, method=method, query_string=query)

    def make(self, **parameters: object) -> dict[str, Any]:
        """A channel of theirs, as it was answered."""
        answer = self.ask("POST", "/channels.json", **parameters)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())


def open_account(lab: Lab, name: str = "Ada Finch", *scopes: Scope) -> Account:
    person = make_person(lab.store, name)
    return Account(lab, person, make_token(lab, person, scopes or tuple(Scope)))


def members(xml: str) -> dict[str, Any]:
    """What an element of XML holds, as JSON would have it: the types that stand there count."""
    root = ElementTree.fromstring(xml)
    return {each.tag.replace("-", "_"): _value(each) for each in root}


def _value(element: ElementTree.Element) -> Any:
    kind = element.get("type")
    if element.get("nil") == "true":
        return None
    if kind == "array":
        return [{each.tag.replace("-", "_"): _value(each) for each in item} for item in element]
    if len(element):
        return {each.tag.replace("-", "_"): _value(each) for each in element}
    text = element.text or ""
    return int(text) if kind == "integer" else text == "true" if kind == "boolean" else text

"""Sign-ins that were begun: taken out once, by the browser that began them, within ten minutes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models import sign_ins
from models.schema import sign_in
from models.sign_ins import LASTS
from tests.builders import NOW

MEMORY = {"nonce": "n", "code_verifier": "v", "redirect_uri": "http://localhost/back", "next": "/mine"}
MINE = {"state": "state", "browser": "browser", "provider": "google"}


@pytest.fixture
def begin(store):
    """A function that keeps a sign-in; before it, others that nothing here may take out."""

    def begin(now: int = NOW, **changed: str) -> None:
        store.tell(sign_ins.begin, **MINE | changed, memory=MEMORY, now=now)

    for number in range(3):
        begin(state=f"noise {number}")
    return begin


def count(store) -> int:
    return store.ask(lambda connection: connection.execute(select(func.count()).select_from(sign_in)).scalar_one())


class TestTake:
    def test_it_gives_what_was_kept(self, store, begin):
        begin()
        assert store.tell(sign_ins.take, **MINE, now=NOW) == MEMORY

    def test_once(self, store, begin):
        begin()
        store.tell(sign_ins.take, **MINE, now=NOW)
        assert store.tell(sign_ins.take, **MINE, now=NOW) is None
        assert count(store) == 3

    @pytest.mark.parametrize("name", list(MINE))
    def test_nobody_elses(self, store, begin, name):
        begin()
        assert store.tell(sign_ins.take, **MINE | {name: "another"}, now=NOW) is None
        assert store.tell(sign_ins.take, **MINE, now=NOW) == MEMORY

    @pytest.mark.parametrize(("later", "found"), [(LASTS - 1, MEMORY), (LASTS, None)])
    def test_within_ten_minutes(self, store, begin, later, found):
        begin()
        assert store.tell(sign_ins.take, **MINE, now=NOW + later) == found

    def test_neither_state_nor_browser_stands_in_the_database(self, store, begin):
        begin(state="a secret state", browser="a secret name")
        row = store.ask(lambda connection: connection.execute(select(sign_in)).all())
        assert "secret" not in repr(row)


class TestKeeping:
    def test_the_old_ones_are_forgotten(self, store, begin):
        begin(now=NOW + 1)
        store.tell(sign_ins.forget_old, NOW + LASTS)
        assert count(store) == 1
        assert store.tell(sign_ins.take, **MINE, now=NOW + LASTS) == MEMORY

    def test_of_too_many_the_oldest_go(self, store, begin, monkeypatch):
        monkeypatch.setattr(sign_ins, "MOST", 5)
        for number in range(1, 10):
            begin(now=NOW + number, state=str(number))
        kept = [number for number in range(1, 10) if _take(store, str(number))]
        assert kept == [5, 6, 7, 8, 9]


def _take(store, state: str) -> dict[str, str] | None:
    return store.tell(sign_ins.take, **MINE | {"state": state}, now=NOW + 10)

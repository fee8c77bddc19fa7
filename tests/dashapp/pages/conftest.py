"""The whole app, and somebody signed in to it. A module whose college needs settings has a `lab` of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import context
from domain.people import Person
from tests.lab import Lab, opened_lab
from tests.people import make_person


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def now() -> int:
    """People are signed in by the server's own clock."""
    return context.now()


@pytest.fixture
def ada(lab: Lab) -> Person:
    return make_person(lab.store, "Ada Finch")

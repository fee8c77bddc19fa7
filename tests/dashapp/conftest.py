"""A database with other people's channels in it, for what is tested beside the pages."""

from __future__ import annotations

import pytest

from tests.builders import make_noise, opened_store


@pytest.fixture
def store(sqlite_url):
    with opened_store(sqlite_url) as store:
        make_noise(store)
        yield store

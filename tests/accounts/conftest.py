"""The strict provider, and an app that signs in with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.accounts.browsing import Browser
from tests.lab import Lab, opened_lab
from tests.provider.strict import Behaviour, StrictProvider, running_provider


@pytest.fixture(scope="session")
def provider() -> Iterator[StrictProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def behaviour(provider: StrictProvider) -> Behaviour:
    """What the provider does in this test, right in everything until the test changes it."""
    return provider.reset()


@pytest.fixture(scope="module")
def lab(provider: StrictProvider, tmp_path_factory) -> Iterator[Lab]:
    """One app for the tests of a module; each test is a browser of its own."""
    with opened_lab(tmp_path_factory.mktemp("lab"), **provider.settings) as lab:
        yield lab


@pytest.fixture
def fresh_lab(provider: StrictProvider, behaviour: Behaviour, tmp_path) -> Iterator[Lab]:
    """An app that has not asked the provider for anything yet, and where nobody has signed in."""
    with opened_lab(tmp_path, **provider.settings) as lab:
        yield lab


@pytest.fixture
def browser(lab: Lab, behaviour: Behaviour) -> Browser:
    return Browser(lab, lab.client)


@pytest.fixture
def open_browser_at(behaviour: Behaviour) -> Callable[[Lab], Browser]:
    """A function: another browser at that app."""
    return lambda lab: Browser(lab, lab.client)

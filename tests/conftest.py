"""What every test can ask for: databases, servers, a browser, and a way to wait that is not a sleep."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import sync_playwright

from tests import ready
from tests.browser import BrowserPage, Browsers, open_page
from tests.processes import find_free_port, wait_until
from tests.servers import (
    LabfeedServer,
    PostgresCluster,
    RedisServer,
    fresh_database,
    private_postgres,
    private_redis,
    running_labfeed,
)

# How long an example takes says nothing about whether it is right, least of all while the other worker is busy.
hypothesis.settings.register_profile("labfeed", deadline=None)
hypothesis.settings.load_profile("labfeed")

ready.remember_builders()

gc.disable()  # until all tests are known: what comes meanwhile stays, and to look through it takes a third of that time

phases = pytest.StashKey[dict[str, pytest.TestReport]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Give each worker whole files, for what a file's tests share is made once then, and the long tests one by one.

    Those come first: the workers take them in order, and end together only if no long one is last.

    xdist has added each test's group to its name in between, in a field that pytest 9.2 no longer reads (pytest-xdist
    issue 1386; may go with a release that has mended it).
    """
    for item in items:
        if not any(item.get_closest_marker(name) for name in ("long", "xdist_group")):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    yield
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if named := getattr(item, "_nodeid", None):
            item._id = type(item._id).parse(named)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays for good, as the server does: all modules, and all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test after its argument where the value is raw bytes: both workers must agree on the names."""
    is_raw = isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable())
    return argname if is_raw else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how each phase of a test ended, for fixtures that show more after a failure."""
    report = yield
    item.stash.setdefault(phases, {})[report.when] = report
    return report


def has_failed(request: pytest.FixtureRequest) -> bool:
    """Whether the test that asked for this fixture has failed so far."""
    return any(report.failed for report in request.node.stash.get(phases, {}).values())


@pytest.fixture
def eventually() -> Callable:
    """`eventually(condition, within_s=30, what="…")`: its first true value, or a failure that shows the last one."""

    def eventually(condition, *, within_s=30.0, what=""):
        return wait_until(condition, within_s=within_s, what=what)

    return eventually


@pytest.fixture
def free_port() -> int:
    return find_free_port()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """One cluster for all tests of a worker; each test asks it for a database of its own."""
    with private_postgres() as cluster:
        yield cluster


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'labfeed.db'}"


@pytest.fixture
def postgres_url(postgres: PostgresCluster) -> str:
    """A new, empty PostgreSQL database."""
    return fresh_database(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database; a test that asks for it runs once on each engine."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with private_redis(tmp_path) as server:
        yield server


@pytest.fixture
def start_labfeed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., LabfeedServer]]:
    """A function that starts the real product; what its servers printed is shown when the test fails."""
    started: list[LabfeedServer] = []
    with ExitStack() as stack:

        def start(
            *, database_url=None, redis_url=None, rate_limit="off", web_concurrency=1, port=None, settings=None
        ) -> LabfeedServer:
            chosen = {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "RATE_LIMIT": rate_limit,
                "WEB_CONCURRENCY": str(web_concurrency),
                "PORT": port and str(port),
                **(settings or {}),
            }
            given = {name: value for name, value in chosen.items() if value is not None}
            started.append(stack.enter_context(running_labfeed(tmp_path, given)))
            return started[-1]

        yield start
        if has_failed(request):
            show_logs(started)


@pytest.fixture(scope="module")
def shared_labfeed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabfeedServer]:
    with running_labfeed(tmp_path_factory.mktemp("labfeed"), {"RATE_LIMIT": "off"}) as server:
        yield server


@pytest.fixture
def labfeed(request: pytest.FixtureRequest, shared_labfeed: LabfeedServer) -> Iterator[LabfeedServer]:
    """A running server on SQLite, shared by a module's tests: make channels of your own and do not stop it.

    With those of all modules its wall would have more than one page of channels.
    """
    yield shared_labfeed
    if has_failed(request):
        show_logs([shared_labfeed])


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    """The browsers of a worker."""
    with sync_playwright() as playwright, closing(Browsers(playwright)) as browsers:
        yield browsers


@pytest.fixture
def open_browser(request: pytest.FixtureRequest, browsers: Browsers) -> Iterator[Callable[..., BrowserPage]]:
    """A function that opens a page in a real browser, as of somebody else each time; see tests/browser.py."""
    with ExitStack() as stack:
        opened: list[BrowserPage] = []

        def open_stranger(*, has_shared_worker: bool = True, **options) -> BrowserPage:
            opened.append(open_page(browsers.of(has_shared_worker=has_shared_worker), **options))
            stack.callback(opened[-1].page.context.close)
            return opened[-1]

        yield open_stranger
        for page in opened:
            page.show_faults() if has_failed(request) else page.expect_no_faults()


def show_logs(servers: list[LabfeedServer]) -> None:
    """Print what the servers printed, newest last; pytest shows it beneath the failure."""
    for server in servers:
        print(f"--- {server.url} ---\n{server.log()[-20_000:]}")  # noqa: T201 (meant for the report)

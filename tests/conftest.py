"""Fixtures of all tests, and the rule that nothing is left out silently."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import pytest

from tests.support.databases import drop_originals, every_database
from tests.support.needs import find_absence
from tests.support.servers import ExampleServer, serve_example

MOST_PROCESSES = 6
_OWN_SERVER = frozenset({"example_server", "start_example"})
collect_ignore = [] if django.VERSION >= (6, 0) else ["services/test_webhook_tasks.py"]
"""Background tasks came with Django 6: ``make test-django61``, which is in the gate, tests them."""
_not_run: dict[str, str] = {}


@pytest.fixture(params=every_database())
def database(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn: ``sqlite``, ``postgresql``, ``mariadb``."""
    kind: str = request.param
    return kind


@pytest.fixture
def example_server(database: str, tmp_path: Path) -> Iterator[ExampleServer]:
    """The example under gunicorn with four workers, once on each kind of database.

    ``@pytest.mark.parametrize("database", ["sqlite"])`` narrows it down.
    """
    with serve_example(database, directory=tmp_path) as server:
        yield server


@pytest.fixture
def start_example(tmp_path: Path) -> Iterator[Callable[..., ExampleServer]]:
    """Start servers of one's own: ``start_example("sqlite", environment={...})``."""
    with ExitStack() as servers:

        def start(database: str = "sqlite", **options: object) -> ExampleServer:
            directory = tmp_path / f"server-{len(list(tmp_path.iterdir()))}"
            directory.mkdir()
            return servers.enter_context(serve_example(database, directory=directory, **options))  # type: ignore[arg-type]

        yield start


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes run tests: one more than cores, since many tests wait for a server."""
    return min((os.cpu_count() or 1) + 1, MOST_PROCESSES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares a server in one process, and the tests of one module too."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_shared_by(item)))


def _shared_by(item: pytest.Item) -> str:
    """Return what a test shares with others and takes long to make."""
    chosen = getattr(item, "callspec", None)
    fixtures = getattr(item, "fixturenames", ())
    if chosen is not None and "crowd" in chosen.params:
        return f"crowd-{chosen.params['crowd']}"
    if _OWN_SERVER.intersection(fixtures):
        return f"servers-{chosen.params.get('database') if chosen is not None else None}"
    if "server" in fixtures:
        return item.path.parent.name
    return item.path.stem


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if absence := find_absence(name):
                pytest.skip(absence)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _not_run[_name_of(report)] = _reason_of(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _not_run[_name_of(report)] = _reason_of(report)


def _name_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.nodeid.partition("@")[0]  # what follows is the group


def _reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    drop_originals()
    if _not_run and _all_are_required() and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _not_run:
        return
    verdict = "which REQUIRE_ALL=1 forbids" if _all_are_required() else "because something is absent"
    terminalreporter.section(f"{len(_not_run)} not run, {verdict}")
    for nodeid, reason in sorted(_not_run.items()):
        terminalreporter.line(f"{nodeid}: {reason}")


def _all_are_required() -> bool:
    return os.environ.get("REQUIRE_ALL") == "1"


pytest_plugins = ["tests.fixtures"]

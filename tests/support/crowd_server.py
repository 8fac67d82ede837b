"""The fixtures ``crowd`` and ``insider``: ``pytest_plugins = ["tests.support.crowd_server"]``."""

from collections.abc import Iterator

import pytest

from tests.support.crowd import ADMINISTRATOR, KINDS, gather
from tests.support.crowds import ROUNDS, Crowd
from tests.support.databases import every_database
from tests.support.insiders import Insider, insider_of
from tests.support.servers import serve_example

PEOPLE_A_ROUND = {"app": 48, "newcomer": 12}
PEOPLE_BESIDES = {"app": 240, "newcomer": 40, ADMINISTRATOR: 80}
OTHERS_A_ROUND, OTHERS_BESIDES = 20, 12


@pytest.fixture(scope="session", params=every_database())
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """One server for all rounds on a database; e-mail devices count there, too."""
    directory = tmp_path_factory.mktemp("concurrency")
    settings = {"DJANGO_SETTINGS_MODULE": "tests.support.settings_of_a_host"}
    with serve_example(request.param, directory=directory, environment=settings) as server:
        counts = {
            kind: PEOPLE_BESIDES.get(kind, OTHERS_BESIDES) + ROUNDS * PEOPLE_A_ROUND.get(kind, OTHERS_A_ROUND)
            for kind in KINDS
        }
        people = gather(counts, server.environment)
        yield Crowd(server=server, people=people)


@pytest.fixture(scope="session")
def insider(crowd: Crowd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insider]:
    """A process on the crowd's database."""
    log = tmp_path_factory.mktemp("insider") / "log"
    with insider_of(crowd.server.environment, log=log) as process:
        yield process

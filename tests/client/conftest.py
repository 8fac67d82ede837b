"""One running example for all tests of the clients; each test has users of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from tests.client.members import Member, create_members
from tests.support.servers import ExampleServer, serve_example

MOST = 120
_numbers = count()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleServer]:
    """The example under gunicorn on SQLite."""
    with serve_example(directory=tmp_path_factory.mktemp("example")) as server:
        create_members(server, MOST)
        yield server


@pytest.fixture
def someone(example: ExampleServer) -> Iterator[Callable[[], Member]]:
    """Return a user whom nobody knows yet, as often as one likes."""
    with ExitStack() as opened:
        yield lambda: Member(server=example, username=f"member-{next(_numbers)}", opened=opened)


@pytest.fixture
def nina(someone: Callable[[], Member]) -> Member:
    """A user without a device."""
    return someone()


@pytest.fixture
def rita(someone: Callable[[], Member]) -> Member:
    """A user with an authenticator."""
    return someone().enroll()

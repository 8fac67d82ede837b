"""One database a size, all reached as ``default``, so that measurements of all can take turns."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend

from benchmarks.growth.people import People
from benchmarks.growth.sizes import Size
from benchmarks.postgresql import own_database


@dataclass(kw_only=True)
class Installation:
    """One size, its database, and the people who use it."""

    size: Size
    connection: Any
    people: People = field(default_factory=People)

    @contextmanager
    def in_use(self) -> Iterator[Any]:
        """Let every query go to this database; yields its connection."""
        before = connections["default"]
        connections["default"] = self.connection
        try:
            yield self.connection
        finally:
            connections["default"] = before


@contextmanager
def installations(sizes: tuple[Size, ...]) -> Iterator[list[Installation]]:
    """Create an empty, migrated database for each size; drop them all afterwards."""
    call_command("migrate", verbosity=0)
    template = connections["default"]
    template.close()
    with ExitStack() as opened:
        yield [
            _installation(
                size, opened.enter_context(own_database(str(size), template=template.settings_dict["NAME"]))
            )
            for size in sizes
        ]


def _installation(size: Size, name: str) -> Installation:
    settings = {**connections["default"].settings_dict, "NAME": name}
    wrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    return Installation(size=size, connection=wrapper)

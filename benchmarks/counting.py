"""What does not vary: the SQL statements and the Python calls of a request."""

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection

NO_WORK = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements_of(call: Callable[[], Any]) -> list[str]:
    """Return the SQL statements of a call, without those that only open and close transactions."""
    found: list[str] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found.append(sql)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        call()
    return [sql for sql in found if not sql.startswith(NO_WORK)]


def calls_of(call: Callable[[], Any]) -> int:
    """Return how many Python functions a call enters."""
    return sum(calls_by_module(call).values())


def calls_by_module(call: Callable[[], Any]) -> Counter[str]:
    """Return how many Python functions a call enters, by the module in which they are."""
    found: Counter[str] = Counter()

    def enter(frame: Any, event: str, argument: Any) -> None:
        if event == "call":
            found[frame.f_globals.get("__name__", "?")] += 1

    before = sys.getprofile()
    sys.setprofile(enter)
    try:
        call()
    finally:
        sys.setprofile(before)
    return found

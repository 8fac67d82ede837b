"""Short transactions of our own, tried again when the database was busy."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connections, transaction

from drf_accessflow_mfa.models.database import write_alias

TRIES = 8
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5
_CONTENTION_SQLSTATES = {"40001", "40P01", "55P03"}
_CONTENTION_MYSQL_ERRORS = {1020, 1205, 1213}

Result = TypeVar("Result")


def durably(work: Callable[[str], Result], *, tries: int = TRIES) -> Result:
    """Run the work in a transaction that is committed when this returns.

    Refused with ``RuntimeError`` inside somebody's transaction, whose rollback
    would give codes and guesses back. Deadlocks, lock time-outs and two first
    inserts of one row are tried again; the work must bear being run twice.
    """
    using = write_alias()
    for attempt in range(tries):
        try:
            with transaction.atomic(using=using, durable=True):
                return work(using)
        except (OperationalError, IntegrityError) as error:
            if attempt == tries - 1 or not is_contention(error):
                raise
            time.sleep(_pause_seconds(attempt))
    raise AssertionError("unreachable")


def within_or_durably(work: Callable[[str], Result]) -> Result:
    """Run the work durably, or as a part of somebody's transaction, which then commits it or does not."""
    using = write_alias()
    if not connections[using].in_atomic_block:
        return durably(work)
    with transaction.atomic(using=using):
        return work(using)


def robustly_after_commit(work: Callable[[], object], *, using: str) -> None:
    """Do the work after the running transaction's commit; what it raises is logged, and no error of the act.

    Django logs it by the callback's ``__qualname__``, which a ``partial`` has not: hence the function.
    """

    def run() -> None:
        work()

    transaction.on_commit(run, using=using, robust=True)


def is_contention(error: DatabaseError) -> bool:
    """Tell whether another transaction was in the way and trying again may help."""
    if isinstance(error, IntegrityError):
        return True
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _CONTENTION_SQLSTATES:
        return True
    if error.args and error.args[0] in _CONTENTION_MYSQL_ERRORS:
        return True
    return "locked" in str(error)


def _pause_seconds(attempt: int) -> float:
    longest = min(_FIRST_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS)
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads retries, hides nothing

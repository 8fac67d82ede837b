"""Begin and count a guess, on the row that locks the user's factors.

Locking that row is the first statement of its transaction: a lock of the row
on PostgreSQL and MariaDB, the write lock on SQLite. All changes of one user's
factors queue there, so that each guess is judged with what those before it
have left. What it counts is committed with what it changed, before anybody
learns the verdict.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Any, NamedTuple

from django.db.models import F

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.budget import Lock, Tally, find_lock, settled, with_success, with_wrong_code
from drf_accessflow_mfa.models import AttemptBudget
from drf_accessflow_mfa.services.budget_statements import Columns, lock_row, write_row

SPENT_FOR = timedelta(minutes=10)


class Factor(StrEnum):
    """Which of the two budgets a code is charged to."""

    CODES = "codes"
    RECOVERY = "recovery"


class Guess(NamedTuple):
    """A guess that nobody else's can overtake; what is not written is not counted."""

    user_key: Any
    factor: Factor
    before: Tally
    now: datetime
    using: str
    spent: tuple[tuple[str, float], ...] = ()
    """Keyed hashes of codes that their devices have forgotten, and when each was accepted."""
    lock: Lock | None = None

    def keep(self) -> None:
        """Count the guess: the code was wrong."""
        self._write(with_wrong_code(self.before, now=self.now))

    def leave(self) -> None:
        """Count nothing: no code was judged, or it was a right one used before.

        What a clock that went back has left in the future is of now from here on.
        """
        self._write(settled(self.before, now=self.now))

    def succeed(self, spent: str | None = None) -> None:
        """Break the row of wrong codes, also by a recovery code; the rolling day stays as it was.

        ``spent`` is the code where its device keeps no trace of it.
        """
        further: dict[str, Any] = {}
        if self.factor is not Factor.CODES:
            further["codes_in_a_row"] = 0
        if spent is not None:
            kept = [(digest, at) for digest, at in self.spent if at > (self.now - SPENT_FOR).timestamp()]
            further["spent"] = [*kept, (self._digest(spent), self.now.timestamp())]
        after = with_success(self.before, now=self.now)
        # Only here: what is refused must cost the same, whatever was wrong with it.
        if further or after != self.before:
            self._write(after, **further)

    def was_spent(self, code: str) -> bool:
        """Tell whether a code was accepted lately by a device that has forgotten it."""
        digest, earliest = self._digest(code), (self.now - SPENT_FOR).timestamp()
        return any(at > earliest and compare_digest(digest, spent) for spent, at in self.spent)

    def _digest(self, code: str) -> str:
        return crypto.keyed_hash("spent code", str(self.user_key), code)

    def _write(self, tally: Tally, **further: Any) -> None:
        changes = {
            f"{self.factor}_in_a_row": tally.in_a_row,
            f"{self.factor}_recent": [moment.timestamp() for moment in tally.recent],
            **further,
        }
        write_row(self.user_key, changes, using=self.using)


def begin_guess(user: Any, factor: Factor, *, now: datetime, using: str) -> Guess:
    """Begin a guess, and say in ``lock`` when there is none left.

    Must be the first statement of a transaction.
    """
    in_a_row, recent, kept = lock_row(user.pk, _columns_of(factor), using=using)
    before = Tally(in_a_row=in_a_row, recent=tuple(map(_moment, recent)))
    return Guess(
        user_key=user.pk,
        factor=factor,
        before=before,
        now=now,
        using=using,
        spent=tuple((digest, at) for digest, at in kept),
        lock=find_lock(before, mfa_settings.budget_limits, now=now),
    )


def lock_factors(user: Any, *, using: str) -> None:
    """Lock the user's factors without beginning a guess.

    By an UPDATE on every database: at REPEATABLE READ, PostgreSQL then makes
    who has waited begin again, with factors as they are now. Must be the first
    statement of a transaction.
    """
    rows = AttemptBudget.objects.using(using).filter(pk=user.pk)
    if not rows.update(codes_in_a_row=F("codes_in_a_row")):
        AttemptBudget.objects.using(using).create(pk=user.pk)


def find_lock_of(user: Any, factor: Factor, *, now: datetime, using: str) -> Lock | None:
    """Return what forbids the user's next guess, without beginning one."""
    row = AttemptBudget.objects.using(using).filter(pk=user.pk).first()
    if row is None:
        return None
    recent = getattr(row, f"{factor}_recent")
    tally = Tally(in_a_row=getattr(row, f"{factor}_in_a_row"), recent=tuple(map(_moment, recent)))
    return find_lock(tally, mfa_settings.budget_limits, now=now)


def _columns_of(factor: Factor) -> Columns:
    return f"{factor}_in_a_row", f"{factor}_recent", "spent"


def _moment(posix_seconds: float) -> datetime:
    return datetime.fromtimestamp(posix_seconds, tz=UTC)

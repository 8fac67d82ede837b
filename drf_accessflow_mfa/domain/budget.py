"""The attempt budget: how many wrong codes a user may still send.

Waits follow NIST SP 800-63B-4, section 3.2.2; the rolling day goes further,
since a success must not hand an attacker a new supply of guesses.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

DAY = timedelta(hours=24)


class LockReason(StrEnum):
    """Which of the three limits is reached."""

    WAIT = "wait"
    DAILY_LIMIT = "daily_limit"
    DISABLED = "disabled"


class BudgetLimits(NamedTuple):
    """The numbers of the budget."""

    free_in_a_row: int = 5
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(hours=1)
    in_a_day: int = 20
    disabled_after: int = 100


class Tally(NamedTuple):
    """The wrong codes of one user and one kind of factor."""

    in_a_row: int = 0
    recent: tuple[datetime, ...] = ()
    """When the wrong codes of the last 24 hours came, oldest first."""


class Lock(NamedTuple):
    """No code is judged before ``until``."""

    reason: LockReason
    until: datetime

    def retry_after_seconds(self, now: datetime) -> int:
        """Return the wait in whole seconds, rounded up, at least one."""
        remaining = self.until - now
        return max(1, -(-remaining // timedelta(seconds=1)))


def find_lock(tally: Tally, limits: BudgetLimits, *, now: datetime) -> Lock | None:
    """Return what forbids another guess, or ``None`` when one is left.

    A disabled budget has no end of its own: its ``until`` only says when
    asking again is not yet pointless noise.
    """
    tally = settled(tally, now=now)
    if tally.in_a_row >= limits.disabled_after:
        return Lock(reason=LockReason.DISABLED, until=now + DAY)
    if len(tally.recent) >= limits.in_a_day:
        return Lock(reason=LockReason.DAILY_LIMIT, until=tally.recent[-limits.in_a_day] + DAY)
    if tally.in_a_row >= limits.free_in_a_row and tally.recent:
        until = tally.recent[-1] + wait_after(tally.in_a_row, limits)
        if until > now:
            return Lock(reason=LockReason.WAIT, until=until)
    return None


def wait_after(in_a_row: int, limits: BudgetLimits) -> timedelta:
    """Return the wait that follows this many wrong codes in a row."""
    doublings = in_a_row - limits.free_in_a_row
    if doublings < 0:
        return timedelta(0)
    # Beyond 2**20 every sensible first wait is past the cap; larger powers overflow.
    return min(limits.first_wait * (1 << min(doublings, 20)), limits.longest_wait)


def settled(tally: Tally, *, now: datetime) -> Tally:
    """Return the tally with the past day only, and nothing from the future.

    A wrong code dated in the future means that the clock went back; it counts
    as of now, so that a wrong clock can lock a user only for the ordinary wait.
    """
    recent = tuple(min(moment, now) for moment in tally.recent if moment > now - DAY)
    return Tally(in_a_row=tally.in_a_row, recent=recent)


def with_wrong_code(tally: Tally, *, now: datetime) -> Tally:
    """Return the tally after one more wrong code."""
    tally = settled(tally, now=now)
    return Tally(in_a_row=tally.in_a_row + 1, recent=(*tally.recent, now))


def with_success(tally: Tally, *, now: datetime) -> Tally:
    """Return the tally after a right code: the row is broken, the day is not."""
    return Tally(in_a_row=0, recent=settled(tally, now=now).recent)

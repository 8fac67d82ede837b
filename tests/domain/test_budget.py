"""How many wrong codes a user may still send."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.budget import (
    DAY,
    BudgetLimits,
    Lock,
    LockReason,
    Tally,
    find_lock,
    settled,
    wait_after,
    with_success,
    with_wrong_code,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIMITS = BudgetLimits()
SECOND = timedelta(seconds=1)


def wrong(count, *, start=NOW, tally=None):
    tally = tally or Tally()
    for _ in range(count):
        tally = with_wrong_code(tally, now=start)
    return tally


@pytest.mark.parametrize("count", range(5))
def test_fewer_than_five_wrong_codes_lock_nobody(count):
    assert find_lock(wrong(count), LIMITS, now=NOW) is None


@pytest.mark.parametrize(
    ("in_a_row", "seconds"),
    [
        (0, 0),
        (4, 0),
        (5, 30),
        (6, 60),
        (7, 120),
        (8, 240),
        (9, 480),
        (10, 960),
        (11, 1920),
        (12, 3600),
        (13, 3600),
        (99, 3600),
        (10**9, 3600),
    ],
)
def test_the_wait_starts_at_30_seconds_and_doubles_up_to_an_hour(in_a_row, seconds):
    assert wait_after(in_a_row, LIMITS) == timedelta(seconds=seconds)


def test_the_fifth_wrong_code_locks_for_exactly_the_wait():
    tally = wrong(5)

    assert find_lock(tally, LIMITS, now=NOW) == Lock(
        reason=LockReason.WAIT, until=NOW + timedelta(seconds=30)
    )
    assert find_lock(tally, LIMITS, now=NOW + 30 * SECOND - timedelta(microseconds=1)) is not None
    assert find_lock(tally, LIMITS, now=NOW + 30 * SECOND) is None


def test_twenty_wrong_codes_in_a_day_lock_whatever_succeeded_between():
    tally = Tally()
    for number in range(20):
        moment = NOW + number * timedelta(minutes=1)
        tally = with_success(with_wrong_code(tally, now=moment), now=moment)

    lock = find_lock(tally, LIMITS, now=NOW + timedelta(hours=1))

    assert lock == Lock(reason=LockReason.DAILY_LIMIT, until=NOW + DAY)


def test_the_day_rolls_one_wrong_code_at_a_time():
    tally = Tally()
    for number in range(20):
        moment = NOW + number * timedelta(hours=1)
        tally = with_success(with_wrong_code(tally, now=moment), now=moment)

    assert find_lock(tally, LIMITS, now=NOW + DAY - SECOND).reason is LockReason.DAILY_LIMIT
    assert find_lock(tally, LIMITS, now=NOW + DAY) is None
    again = with_wrong_code(tally, now=NOW + DAY)
    assert find_lock(again, LIMITS, now=NOW + DAY).until == NOW + DAY + timedelta(hours=1)


def test_a_hundred_in_a_row_stay_locked_however_long_one_waits():
    tally = Tally(in_a_row=100)

    for years in (0, 1, 50):
        lock = find_lock(tally, LIMITS, now=NOW + timedelta(days=365 * years))
        assert lock.reason is LockReason.DISABLED


def test_a_success_breaks_the_row_but_gives_the_day_nothing_back():
    tally = with_success(wrong(7), now=NOW)

    assert (tally.in_a_row, len(tally.recent)) == (0, 7)


def test_a_clock_that_went_back_locks_for_the_ordinary_wait_only():
    future = wrong(5, start=NOW + timedelta(days=300))

    lock = find_lock(future, LIMITS, now=NOW)

    assert lock == Lock(reason=LockReason.WAIT, until=NOW + 30 * SECOND)


def test_a_clock_that_went_back_gives_no_guess_back():
    future = wrong(20, start=NOW + timedelta(days=1))

    assert find_lock(future, LIMITS, now=NOW).reason is LockReason.DAILY_LIMIT
    assert len(settled(future, now=NOW).recent) == 20


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(timedelta(0), 1), (timedelta(microseconds=1), 1), (SECOND, 1), (1.5 * SECOND, 2), (DAY, 86400)],
)
def test_retry_after_is_whole_seconds_rounded_up_and_never_zero(left, seconds):
    assert Lock(reason=LockReason.WAIT, until=NOW + left).retry_after_seconds(NOW) == seconds


limits = st.builds(
    BudgetLimits,
    free_in_a_row=st.integers(1, 10),
    first_wait=st.timedeltas(min_value=SECOND, max_value=timedelta(hours=1)),
    longest_wait=st.timedeltas(min_value=SECOND, max_value=DAY),
    in_a_day=st.integers(1, 100),
    disabled_after=st.integers(1, 100),
)


@given(limits, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_wrong_codes_never_shorten_the_wait(chosen, some, more):
    assert wait_after(some + more, chosen) >= wait_after(some, chosen)


@given(
    limits,
    st.lists(
        st.tuples(st.integers(0, 20_000), st.booleans()),
        max_size=150,
    ),
)
def test_no_sequence_of_guesses_and_successes_beats_the_day(chosen, steps):
    tally, now, judged = Tally(), NOW, []
    for pause, succeeds in steps:
        now += timedelta(seconds=pause)
        if find_lock(tally, chosen, now=now) is not None:
            continue
        judged.append(now)
        tally = with_wrong_code(tally, now=now)
        if succeeds:
            tally = with_success(tally, now=now)

    for first in judged:
        in_a_day = [moment for moment in judged if first <= moment < first + DAY]
        assert len(in_a_day) <= chosen.in_a_day


def test_what_is_disabled_says_to_come_back_in_a_day():
    lock = find_lock(Tally(in_a_row=100), LIMITS, now=NOW)

    assert lock == Lock(reason=LockReason.DISABLED, until=NOW + DAY)


def test_a_row_whose_last_wrong_code_is_a_day_old_is_not_waited_for():
    assert find_lock(Tally(in_a_row=9, recent=(NOW - DAY,)), LIMITS, now=NOW) is None


def test_the_log_names_the_limit_that_was_reached():
    assert {reason.value for reason in LockReason} == {"wait", "daily_limit", "disabled"}

"""The life of an access request, as tables and as properties."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.errors import TransitionRefused
from drf_accessflow_mfa.domain.grants import Duty, GrantState, find_duty
from drf_accessflow_mfa.domain.lifecycle import (
    OPEN,
    STORED,
    Event,
    Status,
    Timeline,
    advance,
    approving_event,
    is_length_allowed,
    may_extend,
    status_at,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

ALLOWED = [
    (Status.PENDING_APPROVAL, Event.ENDORSE, Status.PENDING_APPROVAL),
    (Status.PENDING_APPROVAL, Event.APPROVE, Status.APPROVED),
    (Status.PENDING_APPROVAL, Event.REJECT, Status.REJECTED),
    (Status.PENDING_APPROVAL, Event.CANCEL, Status.CANCELED),
    (Status.PENDING_APPROVAL, Event.EXPIRE, Status.EXPIRED),
    (Status.APPROVED, Event.CANCEL, Status.CANCELED),
    (Status.APPROVED, Event.REVOKE, Status.REVOKED),
    (Status.APPROVED, Event.EXPIRE, Status.EXPIRED),
    (Status.ACTIVE, Event.EXTEND, Status.ACTIVE),
    (Status.ACTIVE, Event.CANCEL, Status.CANCELED),
    (Status.ACTIVE, Event.REVOKE, Status.REVOKED),
    (Status.ACTIVE, Event.END, Status.ENDED),
]
REFUSED = [
    (status, event)
    for status in Status
    for event in Event
    if (status, event) not in {(before, what) for before, what, _ in ALLOWED}
]


@pytest.mark.parametrize(("status", "event", "after"), ALLOWED)
def test_what_may_happen_leads_where_the_table_says(status, event, after):
    assert advance(status, event) is after


@pytest.mark.parametrize(("status", "event"), REFUSED)
def test_nothing_else_may_happen(status, event):
    with pytest.raises(TransitionRefused) as refusal:
        advance(status, event)

    assert (refusal.value.status, refusal.value.event) == (status, event)


def test_nothing_becomes_of_what_is_over():
    assert not [event for status in set(Status) - OPEN for event in Event if (status, event) not in REFUSED]


def pending(**times):
    return Timeline(**{"decided": Status.PENDING_APPROVAL, "expires_at": NOON + HOUR, **times})


def approved(**times):
    return Timeline(
        **{
            "decided": Status.APPROVED,
            "expires_at": NOON,
            "starts_at": NOON,
            "ends_at": NOON + HOUR,
            **times,
        }
    )


@pytest.mark.parametrize(
    ("timeline", "now", "status"),
    [
        (pending(), NOON, Status.PENDING_APPROVAL),
        (pending(), NOON + HOUR - TICK, Status.PENDING_APPROVAL),
        (pending(), NOON + HOUR, Status.EXPIRED),
        (approved(), NOON - TICK, Status.APPROVED),
        (approved(), NOON, Status.ACTIVE),
        (approved(), NOON + HOUR - TICK, Status.ACTIVE),
        (approved(), NOON + HOUR, Status.ENDED),
        (approved(expires_at=NOON + 2 * HOUR), NOON + HOUR, Status.ENDED),
        (approved(starts_at=None, ends_at=None, expires_at=NOON + HOUR), NOON, Status.APPROVED),
        (approved(starts_at=None, ends_at=None, expires_at=NOON + HOUR), NOON + HOUR, Status.EXPIRED),
        (approved(decided=Status.REVOKED), NOON, Status.REVOKED),
        (approved(decided=Status.CANCELED), NOON, Status.CANCELED),
        (approved(decided=Status.ENDED), NOON, Status.ENDED),
        (pending(decided=Status.REJECTED), NOON + HOUR, Status.REJECTED),
        (pending(decided=Status.EXPIRED), NOON, Status.EXPIRED),
    ],
)
def test_times_say_where_a_request_stands_exactly_at_the_boundary(timeline, now, status):
    assert status_at(timeline, now=now) is status


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(TICK, timedelta(days=300))


@given(now=moments, start=moments, length=lengths, expires=moments, decided=st.sampled_from(sorted(STORED)))
def test_active_means_approved_and_within_the_times_and_nothing_else(now, start, length, expires, decided):
    timeline = Timeline(decided=decided, expires_at=expires, starts_at=start, ends_at=start + length)

    is_active = status_at(timeline, now=now) is Status.ACTIVE

    assert is_active == (decided in OPEN and start <= now < start + length)


@given(
    first=moments,
    wait=lengths,
    expires=moments,
    start=moments,
    length=lengths,
    decided=st.sampled_from(sorted(OPEN & STORED)),
)
def test_what_time_has_ended_stays_ended(first, wait, expires, start, length, decided):
    for times in ({}, {"starts_at": start, "ends_at": start + length}):
        timeline = Timeline(decided=decided, expires_at=expires, **times)
        if status_at(timeline, now=first) in {Status.ENDED, Status.EXPIRED}:
            assert status_at(timeline, now=first + wait) is status_at(timeline, now=first)


@pytest.mark.parametrize(
    ("deciders", "required", "event"),
    [
        (["omar"], 1, Event.APPROVE),
        (["omar"], 2, Event.ENDORSE),
        (["omar", "olga"], 2, Event.APPROVE),
        (["omar", "omar"], 2, Event.ENDORSE),
        (["omar", "olga", "otto"], 2, Event.APPROVE),
        (["omar"], 0, Event.APPROVE),
    ],
)
def test_as_many_different_people_as_the_flow_needs_have_to_approve(deciders, required, event):
    assert approving_event(deciders, approvals_required=required) is event


@pytest.mark.parametrize(
    ("made", "most", "allowed"), [(0, 0, False), (0, 1, True), (1, 1, False), (1, 2, True)]
)
def test_extensions_are_counted(made, most, allowed):
    assert may_extend(made=made, most=most) is allowed


@pytest.mark.parametrize(
    ("length", "allowed"),
    [(HOUR, True), (HOUR + TICK, False), (TICK, True), (timedelta(0), False), (-HOUR, False)],
)
def test_a_length_may_reach_its_limit_and_is_never_nothing(length, allowed):
    assert is_length_allowed(length, longest=HOUR) is allowed


@pytest.mark.parametrize(
    ("state", "entitled", "duty"),
    [
        (GrantState.NONE, True, None),
        (GrantState.NONE, False, None),
        (GrantState.DUE, True, Duty.GRANT),
        (GrantState.DUE, False, Duty.WITHDRAW),
        (GrantState.GRANTED, True, None),
        (GrantState.GRANTED, False, Duty.WITHDRAW),
        (GrantState.WITHDRAWN, True, None),
        (GrantState.WITHDRAWN, False, None),
    ],
)
def test_a_grant_handler_owes_what_the_request_is_entitled_to(state, entitled, duty):
    assert find_duty(state, is_entitled=entitled) is duty


@pytest.mark.parametrize("times", [{"starts_at": NOON}, {"ends_at": NOON + HOUR}])
def test_half_of_its_times_never_make_a_request_active(times):
    timeline = Timeline(decided=Status.APPROVED, expires_at=NOON + HOUR, **times)

    assert status_at(timeline, now=NOON) is Status.APPROVED
    assert status_at(timeline, now=NOON + HOUR) is Status.EXPIRED

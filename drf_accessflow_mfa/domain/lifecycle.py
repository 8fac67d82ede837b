"""The life of an access request: one table of transitions, and what time does to it.

::

    pending_approval --approve--> approved --(its time)--> active --(its time)--> ended
        |  |  |  |                                           |
        |  |  |  +--endorse--> pending_approval              +--extend--> active
        |  |  +-----reject---> rejected                      +--cancel--> canceled
        |  +--------expire---> expired                       +--revoke--> revoked
        +-----------cancel---> canceled

A row keeps the last decision; whether time has made more of it is computed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from drf_accessflow_mfa.domain.errors import TransitionRefused


class Status(StrEnum):
    """Where a request stands."""

    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    """Decided, not in force: its grant has not succeeded yet, or the clock went back."""
    ACTIVE = "active"
    """In force now. Never stored: only times say it."""
    REJECTED = "rejected"
    CANCELED = "canceled"
    EXPIRED = "expired"
    """It was not decided, or not granted, in time."""
    ENDED = "ended"
    REVOKED = "revoked"


class Event(StrEnum):
    """What can happen to a request."""

    ENDORSE = "endorse"
    """One approval of several that are needed."""
    APPROVE = "approve"
    """The approval that completes what is needed, or the automatic one."""
    REJECT = "reject"
    CANCEL = "cancel"
    """Its requester takes it back, before or while it is active."""
    EXPIRE = "expire"
    EXTEND = "extend"
    REVOKE = "revoke"
    END = "end"


TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (Status.PENDING_APPROVAL, Event.ENDORSE): Status.PENDING_APPROVAL,
    (Status.PENDING_APPROVAL, Event.APPROVE): Status.APPROVED,
    (Status.PENDING_APPROVAL, Event.REJECT): Status.REJECTED,
    (Status.PENDING_APPROVAL, Event.CANCEL): Status.CANCELED,
    (Status.PENDING_APPROVAL, Event.EXPIRE): Status.EXPIRED,
    (Status.APPROVED, Event.CANCEL): Status.CANCELED,
    (Status.APPROVED, Event.REVOKE): Status.REVOKED,
    (Status.APPROVED, Event.EXPIRE): Status.EXPIRED,
    (Status.ACTIVE, Event.EXTEND): Status.ACTIVE,
    (Status.ACTIVE, Event.CANCEL): Status.CANCELED,
    (Status.ACTIVE, Event.REVOKE): Status.REVOKED,
    (Status.ACTIVE, Event.END): Status.ENDED,
}

OPEN = frozenset({Status.PENDING_APPROVAL, Status.APPROVED, Status.ACTIVE})
"""Something can still become of these."""
STORED = frozenset(Status) - {Status.ACTIVE}
"""What a row can hold."""


class Timeline(NamedTuple):
    """What a row says of its request: the last decision, and the times."""

    decided: Status
    """Any status but ``ACTIVE``."""
    expires_at: datetime
    """A request that has not started by then never will."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def advance(status: Status, event: Event) -> Status:
    """Return the status after an event. Raises ``TransitionRefused``."""
    try:
        return TRANSITIONS[status, event]
    except KeyError as error:
        raise TransitionRefused(status, event) from error


def status_at(timeline: Timeline, *, now: datetime) -> Status:
    """Return where a request stands at a moment.

    It is active from ``starts_at`` on and no longer at ``ends_at``; one that
    has not started by ``expires_at`` is expired at that very moment.
    """
    if timeline.decided not in OPEN:
        return timeline.decided
    if timeline.starts_at is None or timeline.ends_at is None:
        return Status.EXPIRED if now >= timeline.expires_at else timeline.decided
    if now >= timeline.ends_at:
        return Status.ENDED
    return Status.ACTIVE if now >= timeline.starts_at else Status.APPROVED


def approving_event(deciders: Iterable[Any], *, approvals_required: int) -> Event:
    """Return what an approval amounts to, given who has approved so far, the new one too.

    One person counts once. Where the flow needs none any more, one suffices.
    """
    return Event.APPROVE if len(set(deciders)) >= max(1, approvals_required) else Event.ENDORSE


def may_extend(*, made: int, most: int) -> bool:
    """Tell whether one more extension is allowed after those that were made."""
    return made < most


def is_length_allowed(length: timedelta, *, longest: timedelta) -> bool:
    """Tell whether a duration is positive and within its limit, which it may reach."""
    return timedelta(0) < length <= longest

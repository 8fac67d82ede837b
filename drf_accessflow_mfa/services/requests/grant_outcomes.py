"""Write down what a grant handler did, for as long as its claim is still its own."""

import copy
from datetime import datetime
from typing import Any

from django.db.models import F

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.domain.grants import Duty, GrantState
from drf_accessflow_mfa.domain.lifecycle import Status
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.services.requests.rows import Moment, tell

_TOLD = {
    Duty.GRANT: (EventKind.REQUEST_GRANTED, signals.request_granted),
    Duty.WITHDRAW: (EventKind.REQUEST_WITHDRAWN, signals.request_withdrawn),
}


def with_times(row: AccessRequest, *, now: datetime) -> AccessRequest:
    """Return a copy of the row; where its time starts with the grant, with the times it would get."""
    handed = copy.copy(row)
    if handed.starts_at is None:
        handed.starts_at, handed.ends_at = now, now + handed.duration
    return handed


def release(row: AccessRequest, *, using: str) -> None:
    """Give the claim back."""
    _claimed(row, using).update(grant_claimed_until=None)


def record_success(row: AccessRequest, duty: Duty, now: datetime, origin: Origin, using: str) -> None:
    """Keep that the handler succeeded; a grant that was awaited starts the request's time.

    A request that was extended meanwhile stays due: what was granted ends too early.
    """
    state = GrantState.GRANTED if duty is Duty.GRANT else GrantState.WITHDRAWN
    done = {"grant_state": state.value, "grant_error": "", "grant_claimed_until": None}
    if not _claimed(row, using).filter(ends_at=row.ends_at).update(**done):
        release(row, using=using)
        return
    if duty is Duty.GRANT and row.starts_at is None:
        _start(row, now=now, using=using)
    _tell(duty, row, Moment(now=now, using=using, origin=origin), succeeded=True)


def record_failure(
    row: AccessRequest, duty: Duty, error: Exception, now: datetime, origin: Origin, using: str
) -> None:
    """Keep that the handler failed, by the kind of its error alone: a message may hold secrets."""
    name = type(error).__name__
    failed = {
        "grant_failures": F("grant_failures") + 1,
        "grant_error": name[:200],
        "grant_claimed_until": None,
    }
    if _claimed(row, using).update(**failed):
        at = Moment(now=now, using=using, origin=origin)
        _tell(duty, row, at, succeeded=False, reason=name, outcome=Outcome.FAILURE)


def _start(row: AccessRequest, *, now: datetime, using: str) -> None:
    handed = with_times(row, now=now)
    rows = AccessRequest.objects.using(using).filter(
        pk=row.pk, decided=Status.APPROVED.value, starts_at__isnull=True, expires_at__gt=now
    )
    rows.update(starts_at=handed.starts_at, ends_at=handed.ends_at)


def _claimed(row: AccessRequest, using: str) -> Any:
    return AccessRequest.objects.using(using).filter(pk=row.pk, grant_claimed_until=row.grant_claimed_until)


def _tell(duty: Duty, row: AccessRequest, at: Moment, *, succeeded: bool, **facts: Any) -> None:
    kind, signal = _TOLD[duty]
    fresh = AccessRequest.objects.using(at.using).select_related("flow", "requester").get(pk=row.pk)
    tell(kind, signal, fresh, at, succeeded=succeeded, **facts)

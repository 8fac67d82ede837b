"""Make the access real: call the grant handlers, after the commit, and write down what they did.

One worker at a time holds a request's claim while its handler runs, so that
a slow ``grant`` cannot overtake a ``withdraw``. Whoever finishes looks again
whether the request has moved on meanwhile.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.domain.grants import Duty, GrantState, find_duty
from drf_accessflow_mfa.domain.lifecycle import Status, status_at
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.durable import durably, robustly_after_commit
from drf_accessflow_mfa.services.requests.gone import withdraw_if_gone
from drf_accessflow_mfa.services.requests.grant_handlers import perform
from drf_accessflow_mfa.services.requests.grant_outcomes import record_failure, record_success, release

CLAIM = timedelta(minutes=5)
"""How long a handler may take before another worker tries."""
ROUNDS = 5
"""How often a request can move on under a running handler before the command has to finish."""


def settle_after_commit(request_id: UUID, *, using: str, is_concerned: bool) -> None:
    """Let the handler do what is due once the running transaction is committed.

    To be called after ``tell``: what happened is told before what follows from it.
    """
    if is_concerned:
        robustly_after_commit(partial(settle_grant, request_id), using=using)


def retry_grants(*, origin: Origin, now: datetime | None = None) -> Iterator[tuple[UUID, bool]]:
    """Do what is due for every request, and yield which ones are settled then."""
    moment = now or timezone.now()
    is_over = ~Q(decided=Status.APPROVED.value) | Q(ends_at__lte=moment)
    rows = AccessRequest.objects.using(write_alias()).filter(
        Q(grant_state=GrantState.DUE.value) | Q(is_over, grant_state=GrantState.GRANTED.value)
    )
    for request_id in list(rows.order_by("created_at").values_list("pk", flat=True)):
        yield request_id, settle_grant(request_id, origin=origin, now=moment)


def settle_grant(request_id: UUID, *, origin: Origin | None = None, now: datetime | None = None) -> bool:
    """Grant or withdraw what is due for a request, and tell whether nothing is due any more.

    ``False`` also while another worker is at it.
    """
    granted: AccessRequest | None = None
    for _ in range(ROUNDS):
        moment, using = now or timezone.now(), write_alias()
        row = _claim(request_id, now=moment, using=using)
        if row is None:
            withdraw_if_gone(granted, using=using)
            return False
        duty = _duty_of(row, now=moment)
        if duty is None:
            release(row, using=using)
            return True
        error = perform(duty, row, now=moment)
        if error is not None:
            durably(partial(record_failure, row, duty, error, moment, origin or Origin()))
            withdraw_if_gone(row, using=using)
            return False
        durably(partial(record_success, row, duty, moment, origin or Origin()))
        granted = row if duty is Duty.GRANT else None
    return False


def _claim(request_id: UUID, *, now: datetime, using: str) -> AccessRequest | None:
    rows = AccessRequest.objects.using(using).filter(pk=request_id)
    is_free = Q(grant_claimed_until__isnull=True) | Q(grant_claimed_until__lte=now)
    if not rows.filter(is_free).update(grant_claimed_until=now + CLAIM):
        return None
    return rows.select_related("flow", "requester").first()


def _duty_of(row: AccessRequest, *, now: datetime) -> Duty | None:
    is_entitled = status_at(row.timeline, now=now) in {Status.APPROVED, Status.ACTIVE}
    return find_duty(GrantState(row.grant_state), is_entitled=is_entitled)

"""Write down which requests time has ended. Access itself needs nobody to end it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.audit import moment_text
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.domain.lifecycle import Event, Status, advance
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.models.access_request import OPEN_VALUES
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.requests.grants import settle_after_commit
from drf_accessflow_mfa.services.requests.rows import Moment, tell

BATCH = 100
"""Requests a transaction."""


def close_requests(*, origin: Origin, now: datetime | None = None) -> int:
    """Append ``request.ended`` and ``request.expired`` for what is over, and return how many.

    As often as one likes: what is written down is over for good, and two runs
    at once write each event once.
    """
    moment, using, closed = now or timezone.now(), write_alias(), 0
    over = _over(AccessRequest.objects.using(using), moment).order_by("pk")
    while batch := list(over.values_list("pk", flat=True)[:BATCH]):

        def work(using: str, batch: Sequence[UUID] = batch) -> int:
            at = Moment(now=moment, using=using, origin=origin)
            return sum(_close(at, request_id) for request_id in batch)

        closed += durably(work)
    return closed


def _over(rows: Any, now: datetime) -> Any:
    return rows.filter(_expired(now) | _ended(now), decided__in=OPEN_VALUES)


def _expired(now: datetime) -> Q:
    return Q(starts_at__isnull=True, expires_at__lte=now)


def _ended(now: datetime) -> Q:
    return Q(decided=Status.APPROVED.value, ends_at__lte=now)


def _close(at: Moment, request_id: UUID) -> bool:
    rows = AccessRequest.objects.using(at.using).filter(pk=request_id)
    ended = {"decided": advance(Status.ACTIVE, Event.END).value, "closed_at": F("ends_at")}
    expired = {
        "decided": advance(Status.PENDING_APPROVAL, Event.EXPIRE).value,
        "closed_at": F("expires_at"),
    }
    if rows.filter(_ended(at.now)).update(**ended):
        kind, signal = EventKind.REQUEST_ENDED, signals.request_ended
    elif rows.filter(_expired(at.now), decided__in=OPEN_VALUES).update(**expired):
        kind, signal = EventKind.REQUEST_EXPIRED, signals.request_expired
    else:
        return False
    row = rows.select_related("flow", "requester").get()
    tell(kind, signal, row, at, changes={"closed_at": [None, row.closed_at and moment_text(row.closed_at)]})
    settle_after_commit(row.pk, using=at.using, is_concerned=bool(row.grant_state))
    return True

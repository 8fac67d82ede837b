"""End an access request before its time: by its requester, or by somebody else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import ActForbidden, ActRefusal
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.domain.lifecycle import OPEN, Event, Status, advance
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.models.access_request import OPEN_VALUES
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.requests.grants import settle_after_commit
from drf_accessflow_mfa.services.requests.people import REVOKE_ANY, is_approver
from drf_accessflow_mfa.services.requests.rows import (
    Moment,
    as_it_is,
    demand_text,
    lock_request,
    lock_visible_request,
    status_of,
    store,
    tell,
)


def cancel_request(
    caller: Caller, request_id: UUID, *, origin: Origin, now: datetime | None = None
) -> AccessRequest:
    """Take one's own request back, or give its access up, and return it.

    Raises ``RequestNotFound``, ``ActForbidden`` and ``TransitionRefused``.
    """
    moment = now or timezone.now()

    def work(using: str) -> AccessRequest:
        at = Moment(caller=caller, origin=origin, now=moment, using=using)
        row = lock_visible_request(request_id, at)
        if row.requester_id != at.actor.pk:
            raise ActForbidden(ActRefusal.NOT_THE_REQUESTER)
        _cancel(at, row)
        return row

    return as_it_is(durably(work))


def revoke_request(
    caller: Caller, request_id: UUID, *, reason: str = "", origin: Origin, now: datetime | None = None
) -> AccessRequest:
    """End somebody's access and return the request; it binds the very next request.

    For the flow's approvers and those with the permission. It needs no second
    factor: it takes access away, and may be urgent. Raises ``RequestNotFound``,
    ``ActForbidden``, ``TransitionRefused`` and ``ActInvalid``.
    """
    moment = now or timezone.now()

    def work(using: str) -> AccessRequest:
        at = Moment(caller=caller, origin=origin, now=moment, using=using)
        row = lock_visible_request(request_id, at)
        if not at.actor.has_perm(REVOKE_ANY) and not is_approver(at.actor, row.flow):
            raise ActForbidden(ActRefusal.NOT_AN_APPROVER)
        status = advance(status_of(row, at), Event.REVOKE)
        demand_text("reason", reason, is_required=row.flow.approver_reason_required)
        _close(at, row, status, reason)
        tell(EventKind.REQUEST_REVOKED, signals.request_revoked, row, at, reason=reason)
        _settle(at, row)
        return row

    return as_it_is(durably(work))


def cancel_requests_of(user: Any, *, reason: str, origin: Origin, now: datetime | None = None) -> None:
    """Cancel every open request of a user, because of something in the user's life."""
    moment, using = now or timezone.now(), write_alias()
    at = Moment(now=moment, using=using, origin=origin)
    open_rows = AccessRequest.objects.using(using).filter(requester_id=user.pk, decided__in=OPEN_VALUES)
    with transaction.atomic(using=using):
        for request_id in list(open_rows.values_list("pk", flat=True)):
            row = lock_request(request_id, using=using)
            if status_of(row, at) in OPEN:
                _cancel(at, row, reason=reason)


def _cancel(at: Moment, row: AccessRequest, *, reason: str = "") -> None:
    status = advance(status_of(row, at), Event.CANCEL)
    _close(at, row, status, reason)
    tell(EventKind.REQUEST_CANCELED, signals.request_canceled, row, at, reason=reason)
    _settle(at, row)


def _close(at: Moment, row: AccessRequest, status: Status, reason: str) -> None:
    store(row, at, decided=status.value, closed_at=at.now, closing_reason=reason)


def _settle(at: Moment, row: AccessRequest) -> None:
    settle_after_commit(row.pk, using=at.using, is_concerned=bool(row.grant_state))

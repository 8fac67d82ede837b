"""The row of a request: lock it, move it, and tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.dispatch import Signal

from drf_accessflow_mfa import audit, signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import ActInvalid, FieldProblem, RequestNotFound
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.domain.lifecycle import Status, status_at
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.services.requests.people import may_see

LONGEST_REASON_IN_LOG = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Who acts on a request, from where, when, in which transaction; nobody where time does."""

    now: datetime
    using: str
    origin: Origin
    caller: Caller | None = None

    @property
    def person(self) -> Caller:
        """Return the caller, where a person acts."""
        if self.caller is None:
            raise TypeError("Nobody acts here.")
        return self.caller

    @property
    def actor(self) -> Any:
        """Return the user who acts."""
        return None if self.caller is None else self.caller.user


def lock_request(request_id: UUID, *, using: str) -> AccessRequest:
    """Return a request, locked until the running transaction ends. Raises ``RequestNotFound``.

    Must be the first statement of a transaction: what was read before it may
    have moved on.
    """
    rows = AccessRequest.objects.using(using).filter(pk=request_id)
    if not rows.update(decided=F("decided")):
        raise RequestNotFound
    return rows.select_related("flow", "requester").get()


def lock_visible_request(request_id: UUID, at: Moment) -> AccessRequest:
    """Return a request, locked, if it exists for the eyes of the actor. Raises ``RequestNotFound``."""
    row = lock_request(request_id, using=at.using)
    if not may_see(at.actor, row):
        raise RequestNotFound
    return row


def status_of(row: AccessRequest, at: Moment) -> Status:
    """Return where the request stands now."""
    return status_at(row.timeline, now=at.now)


def store(row: AccessRequest, at: Moment, **columns: Any) -> None:
    """Write columns of a locked request, and keep the row in step."""
    AccessRequest.objects.using(at.using).filter(pk=row.pk).update(**columns)
    for name, value in columns.items():
        setattr(row, name, value)


def as_it_is(row: AccessRequest) -> AccessRequest:
    """Return a request after its commit, read again where a grant handler has changed it since.

    The row itself is left as it was told to receivers of signals. Raises
    ``RequestNotFound`` where it was deleted while the handler ran.
    """
    if not row.grant_state:
        return row
    rows = AccessRequest.objects.using(row._state.db).select_related("flow", "requester")
    fresh = rows.filter(pk=row.pk).first()
    if fresh is None:
        raise RequestNotFound
    return fresh


def demand_text(field: str, text: str, *, is_required: bool) -> None:
    """Refuse an empty text where the flow demands one. Raises ``ActInvalid``."""
    if is_required and not text.strip():
        raise ActInvalid(field, FieldProblem.REQUIRED)


def tell(
    kind: EventKind,
    signal: Signal,
    row: AccessRequest,
    at: Moment,
    *,
    outcome: Outcome = Outcome.SUCCESS,
    reason: str = "",
    verification: UUID | None = None,
    changes: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Append the event of what happened to a request, and send its signal after the commit."""
    audit.append(
        kind,
        outcome,
        now=at.now,
        origin=at.origin,
        using=at.using,
        actor=at.actor,
        subject=row.requester,
        reason=reason[:LONGEST_REASON_IN_LOG],
        flow=row.flow.slug,
        request=row.pk,
        verification=verification,
        credential="" if at.caller is None else at.caller.credential,
        changes=dict(changes or {}),
    )
    signals.send_after_commit(
        signal,
        sender=AccessRequest,
        using=at.using,
        access_request=row,
        actor=at.actor,
        reason=reason,
        **facts,
    )

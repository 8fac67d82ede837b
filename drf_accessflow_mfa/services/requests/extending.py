"""Extend access that is active, within the flow's limits."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.audit import moment_text
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import (
    ActForbidden,
    ActInvalid,
    ActRefusal,
    FieldProblem,
    TransitionRefused,
)
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.domain.grants import GrantState
from drf_accessflow_mfa.domain.lifecycle import Event, advance, is_length_allowed, may_extend
from drf_accessflow_mfa.models import AccessExtension, AccessRequest
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut
from drf_accessflow_mfa.services.requests.grants import settle_after_commit
from drf_accessflow_mfa.services.requests.people import is_requester
from drf_accessflow_mfa.services.requests.proof import CodeGuess, after_verifying, demand_proof
from drf_accessflow_mfa.services.requests.rows import (
    Moment,
    as_it_is,
    lock_visible_request,
    status_of,
    store,
    tell,
)


def extend_request(
    caller: Caller,
    request_id: UUID,
    *,
    duration: timedelta | None = None,
    mfa: CodeGuess | None = None,
    origin: Origin,
    now: datetime | None = None,
) -> AccessRequest | CodeRefused | LockedOut:
    """Move the end of one's own active access, and return the request.

    Without a duration it is the flow's longest extension. Raises
    ``RequestNotFound``, ``ActForbidden``, ``TransitionRefused``, also where no
    extension is left, ``ActInvalid``, ``FlowInactive`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> AccessRequest:
        at = Moment(caller=caller, origin=origin, now=moment, using=using)
        return _extend(at, request_id, duration=duration)

    return after_verifying(caller, mfa, lambda: as_it_is(durably(work)), origin=origin, now=moment)


def _extend(at: Moment, request_id: UUID, *, duration: timedelta | None) -> AccessRequest:
    row = lock_visible_request(request_id, at)
    flow = row.flow
    if row.requester_id != at.actor.pk:
        raise ActForbidden(ActRefusal.NOT_THE_REQUESTER)
    if not is_requester(at.actor, flow):
        raise ActForbidden(ActRefusal.NOT_A_REQUESTER)
    status = advance(status_of(row, at), Event.EXTEND)
    made = AccessExtension.objects.using(at.using).filter(request=row).count()
    if not may_extend(made=made, most=flow.max_extensions):
        raise TransitionRefused(status, Event.EXTEND)
    length = duration or flow.extension_duration
    if not is_length_allowed(length, longest=flow.extension_duration):
        raise ActInvalid("duration", FieldProblem.TOO_LONG)
    proof = demand_proof(flow.slug, at.person, is_required=flow.require_mfa, now=at.now)
    _append(at, row, number=made + 1, length=length, proof=proof)
    return row


def _append(at: Moment, row: AccessRequest, *, number: int, length: timedelta, proof: UUID | None) -> None:
    old_end = cast("datetime", row.ends_at)
    extension = AccessExtension.objects.using(at.using).create(
        request=row,
        number=number,
        duration=length,
        ends_at=old_end + length,
        extended_at=at.now,
        verification_id=proof,
    )
    # What was granted until the old end has to be granted again.
    has_grant = row.grant_state != GrantState.NONE
    store(row, at, ends_at=extension.ends_at, **({"grant_state": GrantState.DUE.value} if has_grant else {}))
    tell(
        EventKind.REQUEST_EXTENDED,
        signals.request_extended,
        row,
        at,
        verification=proof,
        changes={"ends_at": [moment_text(old_end), moment_text(extension.ends_at)]},
        extension=extension,
    )
    settle_after_commit(row.pk, using=at.using, is_concerned=has_grant)

"""Decide about an access request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import ActForbidden, ActRefusal, TransitionRefused
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.domain.lifecycle import Event, advance, approving_event
from drf_accessflow_mfa.models import AccessDecision, AccessRequest, Decision
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut
from drf_accessflow_mfa.services.requests.force import put_in_force
from drf_accessflow_mfa.services.requests.people import is_approver
from drf_accessflow_mfa.services.requests.proof import CodeGuess, after_verifying, demand_proof
from drf_accessflow_mfa.services.requests.rows import (
    Moment,
    as_it_is,
    demand_text,
    lock_visible_request,
    status_of,
    store,
    tell,
)


def decide_request(
    caller: Caller,
    request_id: UUID,
    decision: Decision,
    *,
    reason: str = "",
    mfa: CodeGuess | None = None,
    origin: Origin,
    now: datetime | None = None,
) -> AccessRequest | CodeRefused | LockedOut:
    """Approve or reject a request and return it as it is then.

    One rejection rejects; as many approvals of different people as the flow
    needs now let access start. Raises ``RequestNotFound``, ``ActForbidden``,
    ``TransitionRefused`` for a request that has moved on or that this person
    has decided already, ``ActInvalid``, ``FlowInactive`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> AccessRequest:
        at = Moment(caller=caller, origin=origin, now=moment, using=using)
        return _decide(at, request_id, decision, reason=reason)

    return after_verifying(caller, mfa, lambda: as_it_is(durably(work)), origin=origin, now=moment)


def _decide(at: Moment, request_id: UUID, decision: Decision, *, reason: str) -> AccessRequest:
    row = lock_visible_request(request_id, at)
    _demand_approver(at, row)
    event, deciders = _event_of(at, row, decision)
    advance(status_of(row, at), event)
    if at.actor.pk in deciders:
        raise TransitionRefused(row.decided, event)
    demand_text("reason", reason, is_required=row.flow.approver_reason_required)
    proof = demand_proof(row.flow.slug, at.person, is_required=row.flow.require_mfa_to_approve, now=at.now)
    AccessDecision.objects.using(at.using).create(
        request=row,
        decider_id=at.actor.pk,
        decider_name=at.actor.get_username(),
        decision=decision.value,
        reason=reason,
        decided_at=at.now,
        verification_id=proof,
    )
    _follow(at, row, event, reason=reason, proof=proof, approvals=len(deciders) + 1)
    return row


def _demand_approver(at: Moment, row: AccessRequest) -> None:
    if not is_approver(at.actor, row.flow):
        raise ActForbidden(ActRefusal.NOT_AN_APPROVER)
    if row.requester_id == at.actor.pk and row.flow.requester_cannot_approve_self:
        raise ActForbidden(ActRefusal.OWN_REQUEST)


def _event_of(at: Moment, row: AccessRequest, decision: Decision) -> tuple[Event, set[Any]]:
    """Return what the decision amounts to, and who has decided before."""
    rows = AccessDecision.objects.using(at.using).filter(request=row)
    deciders = set(rows.values_list("decider_id", flat=True))
    if decision is Decision.REJECT:
        return Event.REJECT, deciders
    everyone = [*deciders, at.actor.pk]
    return approving_event(everyone, approvals_required=row.flow.approvals_required), deciders


def _follow(
    at: Moment, row: AccessRequest, event: Event, *, reason: str, proof: UUID | None, approvals: int
) -> None:
    told: dict[str, Any] = {"reason": reason, "verification": proof}
    if event is Event.REJECT:
        status = advance(status_of(row, at), event)
        store(row, at, decided=status.value, closed_at=at.now, closing_reason=reason)
        tell(EventKind.REQUEST_REJECTED, signals.request_rejected, row, at, **told)
        return
    told["changes"] = {"approvals": [approvals - 1, approvals]}
    if event is Event.APPROVE:
        put_in_force(row, at, **told)
    else:
        missing = row.flow.approvals_required - approvals
        tell(EventKind.REQUEST_ENDORSED, signals.request_endorsed, row, at, missing=missing, **told)

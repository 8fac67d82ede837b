"""Open an access request."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import (
    ActForbidden,
    ActInvalid,
    ActRefusal,
    FieldProblem,
    FlowInactive,
    FlowUnknown,
    RequestExists,
)
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.domain.lifecycle import Status, is_length_allowed
from drf_accessflow_mfa.models import AccessFlow, AccessRequest
from drf_accessflow_mfa.services.attempts import lock_factors
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut
from drf_accessflow_mfa.services.requests.force import put_in_force
from drf_accessflow_mfa.services.requests.people import is_requester
from drf_accessflow_mfa.services.requests.proof import CodeGuess, after_verifying, demand_proof
from drf_accessflow_mfa.services.requests.rows import Moment, as_it_is, demand_text, tell


def open_request(
    caller: Caller,
    slug: str,
    *,
    justification: str = "",
    duration: timedelta | None = None,
    mfa: CodeGuess | None = None,
    origin: Origin,
    now: datetime | None = None,
) -> AccessRequest | CodeRefused | LockedOut:
    """Open a request for access under a flow and return it.

    Without a duration it is the flow's longest. Where the flow needs no
    approvals, access starts at once. A user has one open request a flow.

    Raises ``FlowUnknown``, ``FlowInactive``, ``ActForbidden``, ``ActInvalid``,
    ``RequestExists`` and ``StepUpRequired``, and stores nothing then.
    """
    moment = now or timezone.now()

    def work(using: str) -> AccessRequest:
        at = Moment(caller=caller, origin=origin, now=moment, using=using)
        return _open(at, slug, justification=justification, duration=duration)

    return after_verifying(caller, mfa, lambda: as_it_is(durably(work)), origin=origin, now=moment)


def _open(at: Moment, slug: str, *, justification: str, duration: timedelta | None) -> AccessRequest:
    # The lock on the user keeps a double click from opening two requests.
    lock_factors(at.actor, using=at.using)
    flow = _requestable(at, slug)
    demand_text("justification", justification, is_required=flow.justification_required)
    length = duration or flow.max_duration
    if not is_length_allowed(length, longest=flow.max_duration):
        raise ActInvalid("duration", FieldProblem.TOO_LONG)
    _refuse_second(at, flow)
    verification = demand_proof(slug, at.person, is_required=flow.require_mfa, now=at.now)
    row = AccessRequest.objects.using(at.using).create(
        flow=flow,
        requester_id=at.actor.pk,
        justification=justification,
        duration=length,
        verification_id=verification,
        created_at=at.now,
        expires_at=at.now + flow.approval_timeout,
    )
    row.requester = at.actor
    tell(EventKind.REQUEST_CREATED, signals.request_created, row, at, verification=verification)
    if flow.approvals_required == 0:
        by_rule = Moment(now=at.now, using=at.using, origin=at.origin)
        put_in_force(row, by_rule, reason="automatic")
    return row


def _requestable(at: Moment, slug: str) -> AccessFlow:
    flow = AccessFlow.objects.using(at.using).filter(slug=slug).first()
    if flow is None:
        raise FlowUnknown(slug)
    if not flow.is_active:
        raise FlowInactive(slug)
    if not is_requester(at.actor, flow):
        raise ActForbidden(ActRefusal.NOT_A_REQUESTER)
    return flow


def _refuse_second(at: Moment, flow: AccessFlow) -> None:
    waiting = Q(starts_at__isnull=True, expires_at__gt=at.now)
    rows = AccessRequest.objects.using(at.using).filter(
        waiting | Q(ends_at__gt=at.now),
        flow=flow,
        requester_id=at.actor.pk,
        decided__in=[Status.PENDING_APPROVAL.value, Status.APPROVED.value],
    )
    first = rows.values_list("pk", flat=True).first()
    if first is not None:
        raise RequestExists(first)

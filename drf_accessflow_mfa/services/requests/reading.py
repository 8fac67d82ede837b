"""Read access requests: who sees which, and which stand where."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from drf_accessflow_mfa.domain.errors import RequestNotFound
from drf_accessflow_mfa.domain.lifecycle import Status
from drf_accessflow_mfa.models import AccessDecision, AccessRequest
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.requests.people import (
    all_visible_to,
    flows_decided_by,
    visible_to,
)


class Scope(StrEnum):
    """Which of the visible requests are asked for."""

    MINE = "mine"
    TO_DECIDE = "to_decide"
    ALL = "all"


def list_requests(
    user: Any,
    *,
    scope: Scope = Scope.MINE,
    filters: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Any:
    """Return the requests of a scope that exist for the user, ready to be shown.

    ``filters`` has any of ``status`` and ``flow`` (a slug).
    """
    moment, wanted = now or timezone.now(), filters or {}
    rows = _in_scope(user, scope, moment)
    if "status" in wanted:
        rows = rows.filter(standing_at(Status(wanted["status"]), now=moment))
    if "flow" in wanted:
        rows = rows.filter(flow__slug=wanted["flow"])
    return _shown(rows)


def find_request(user: Any, request_id: UUID) -> AccessRequest:
    """Return a request that exists for the user. Raises ``RequestNotFound``."""
    row: AccessRequest | None = _shown(visible_to(user)).filter(pk=request_id).first()
    if row is None:
        raise RequestNotFound
    return row


def standing_at(status: Status, *, now: datetime) -> Q:
    """Return the condition that a request has a status at a moment: ``status_at``, in SQL."""
    decided = Q(decided=status.value)
    not_started = Q(starts_at__isnull=True)
    conditions = {
        Status.PENDING_APPROVAL: decided & Q(expires_at__gt=now),
        Status.APPROVED: decided
        & ((not_started & Q(expires_at__gt=now)) | Q(starts_at__gt=now, ends_at__gt=now)),
        Status.ACTIVE: Q(decided=Status.APPROVED.value, starts_at__lte=now, ends_at__gt=now),
        Status.ENDED: decided | Q(decided=Status.APPROVED.value, ends_at__lte=now),
        Status.EXPIRED: decided
        | (
            not_started
            & Q(decided__in=[Status.PENDING_APPROVAL.value, Status.APPROVED.value], expires_at__lte=now)
        ),
    }
    return conditions.get(status, decided)


def _in_scope(user: Any, scope: Scope, now: datetime) -> Any:
    # What is asked for in the first two scopes is visible anyway.
    rows = AccessRequest.objects.using(write_alias())
    if scope is Scope.MINE:
        return rows.filter(requester_id=user.pk)
    if scope is Scope.TO_DECIDE:
        decided = AccessDecision.objects.filter(request=OuterRef("pk"), decider_id=user.pk)
        own = Q(requester_id=user.pk, flow__requester_cannot_approve_self=True)
        pending = standing_at(Status.PENDING_APPROVAL, now=now)
        return rows.filter(pending, ~own, ~Exists(decided), flow__in=flows_decided_by(user))
    return all_visible_to(user)


def _shown(rows: Any) -> Any:
    return (
        rows.select_related("flow", "requester")
        .prefetch_related("decisions", "extensions")
        .order_by("-created_at", "-id")
    )

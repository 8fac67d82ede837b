"""Who may do what to access requests, by the groups that they are in at this moment."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from drf_accessflow_mfa.models import AccessDecision, AccessFlow, AccessRequest
from drf_accessflow_mfa.models.database import write_alias

VIEW_ALL = "drf_accessflow_mfa.view_accessrequest"
REVOKE_ANY = "drf_accessflow_mfa.revoke_accessrequest"


def is_requester(user: Any, flow: AccessFlow) -> bool:
    """Tell whether the user may request access under the flow."""
    return flow.requesters.filter(pk__in=_groups_of(user)).exists()


def is_approver(user: Any, flow: AccessFlow) -> bool:
    """Tell whether the user decides about the flow's requests. Nobody is one by rank."""
    return flow.approvers.filter(pk__in=_groups_of(user)).exists()


def may_see(user: Any, row: AccessRequest) -> bool:
    """Tell whether the request exists for these eyes."""
    is_own: bool = row.requester_id == user.pk
    return is_own or visible_to(user).filter(pk=row.pk).exists()


def visible_to(user: Any) -> Any:
    """Return the requests that exist for a user, to look one of them up.

    Their own; those of the flows that they decide about, and those they have
    decided; with the permission to view or to revoke, all.
    """
    rows = AccessRequest.objects.using(write_alias())
    if _sees_all(user):
        return rows
    decided = AccessDecision.objects.filter(request=OuterRef("pk"), decider_id=user.pk)
    return rows.filter(Q(requester_id=user.pk) | Q(flow__in=flows_decided_by(user)) | Exists(decided))


def all_visible_to(user: Any) -> Any:
    """Return the same requests, to list them.

    Each reason is asked apart, so that each has its index: joined by OR, who
    sees little made the database read every request that there is.
    """
    rows = AccessRequest.objects.using(write_alias())
    if _sees_all(user):
        return rows
    keys = rows.order_by().values("pk")
    decided = AccessDecision.objects.filter(decider_id=user.pk).order_by().values("request_id")
    own, to_decide = keys.filter(requester_id=user.pk), keys.filter(flow__in=flows_decided_by(user))
    return rows.filter(pk__in=own.union(to_decide, decided))


def _sees_all(user: Any) -> bool:
    return bool(user.has_perm(VIEW_ALL) or user.has_perm(REVOKE_ANY))


def flows_decided_by(user: Any) -> Any:
    """Return the keys of the flows that the user is an approver of, as a subquery."""
    return AccessFlow.objects.filter(approvers__in=_groups_of(user)).order_by().values("pk")


def _groups_of(user: Any) -> Any:
    # A user model may do without groups; its users then belong to none.
    return user.groups.order_by().values("pk") if hasattr(user, "groups") else []

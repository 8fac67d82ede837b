"""The fields of a flow that count: written to the log, compared, and set, groups included."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from drf_accessflow_mfa.domain.policy import FlowPolicy
from drf_accessflow_mfa.domain.request_policy import DEMANDS, GROUPS, LIMITS
from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.models.database import write_alias

LOGGED_COLUMNS = (
    "name",
    "description",
    "is_active",
    "require_mfa",
    "mfa_max_age",
    "mfa_scope",
    "acr",
    "approvals_required",
    *DEMANDS,
    *LIMITS,
    "labels",
)
LOGGED_FIELDS = (*LOGGED_COLUMNS, *GROUPS)


def split_groups(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns, and the groups, of given fields."""
    columns = {name: value for name, value in fields.items() if name not in GROUPS}
    return columns, {name: value for name, value in fields.items() if name in GROUPS}


def set_groups(flow: AccessFlow, groups: Mapping[str, Any]) -> None:
    """Let the flow name exactly these groups, where any are given.

    They are locked: one that is deleted meanwhile would fail the commit, long
    after whoever could say so. Raises Django's ``ValidationError``.
    """
    for name, members in groups.items():
        getattr(flow, name).set(_locked(name, members))


def _locked(name: str, members: Iterable[Group]) -> list[Group]:
    wanted = {group.pk: group for group in members}
    rows = Group.objects.using(write_alias()).select_for_update().order_by("pk")
    found = list(rows.filter(pk__in=wanted)) if wanted else []
    for key in wanted.keys() - {group.pk for group in found}:
        raise ValidationError({name: f"There is no group {wanted[key].name!r}."})
    return found


def snapshot_of(flow: AccessFlow) -> dict[str, Any]:
    """Return every logged field as JSON bears it; groups by name."""
    columns = {name: _plain(getattr(flow, name)) for name in LOGGED_COLUMNS}
    return {**columns, **{name: sorted(names) for name, names in _groups_of(flow).items()}}


def policy_of(flow: AccessFlow) -> FlowPolicy:
    """Return what a stored flow demands, with its groups."""
    return with_groups(flow.policy, _groups_of(flow))


def with_groups(policy: FlowPolicy, groups: Mapping[str, Any]) -> FlowPolicy:
    """Return the policy with groups, given by their names."""
    named: dict[str, Any] = {name: frozenset(names) for name, names in groups.items()}
    return policy._replace(requests=policy.requests._replace(**named))


def _groups_of(flow: AccessFlow) -> dict[str, list[str]]:
    return {name: list(getattr(flow, name).values_list("name", flat=True)) for name in GROUPS}


def _plain(value: Any) -> Any:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value

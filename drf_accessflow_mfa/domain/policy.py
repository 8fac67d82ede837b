"""What of a flow is policy, and which changes loosen it."""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.request_policy import RequestPolicy, find_loosened_requests


class Scope(StrEnum):
    """Who profits from a verification."""

    CREDENTIAL = "credential"
    """Only the session or token that it was made with."""
    USER = "user"
    """Every credential of the same user."""


class FlowPolicy(NamedTuple):
    """The fields of a flow that decide what is asked of a caller."""

    is_active: bool
    require_mfa: bool
    max_age: timedelta
    scope: Scope
    acr: Acr
    requests: RequestPolicy = RequestPolicy()


def find_loosened(before: FlowPolicy, after: FlowPolicy | None) -> tuple[str, ...]:
    """Return the names of the fields whose change asks less than before.

    ``after`` is ``None`` for a deletion, which counts as loosening for a flow
    that requires MFA: a flow of the same name could come back without it.
    An inactive flow lets nobody pass, so activating one loosens it.
    """
    if after is None:
        return tuple(
            name
            for name, is_required in {
                "require_mfa": before.require_mfa,
                "require_mfa_to_approve": before.requests.require_mfa_to_approve,
            }.items()
            if is_required
        )
    loosened = {
        "is_active": after.is_active and not before.is_active,
        "require_mfa": before.require_mfa and not after.require_mfa,
        "mfa_max_age": after.max_age > before.max_age,
        "mfa_scope": before.scope is Scope.CREDENTIAL and after.scope is Scope.USER,
        "acr": after.acr.rank < before.acr.rank,
        **find_loosened_requests(before.requests, after.requests),
    }
    return tuple(name for name, is_loosened in loosened.items() if is_loosened)

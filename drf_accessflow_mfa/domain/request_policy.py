"""What of a flow's rules for access requests is policy, and which changes loosen it."""

from datetime import timedelta
from typing import NamedTuple


class RequestPolicy(NamedTuple):
    """The fields of a flow that decide who gets access, by whose word, and for how long.

    The defaults are those of a new flow.
    """

    requesters: frozenset[str] = frozenset()
    """Names of groups."""
    approvers: frozenset[str] = frozenset()
    """Names of groups."""
    approvals_required: int = 1
    """0: automatic."""
    require_mfa_to_approve: bool = False
    requester_cannot_approve_self: bool = True
    justification_required: bool = False
    approver_reason_required: bool = False
    grant_required: bool = False
    max_duration: timedelta = timedelta(hours=8)
    approval_timeout: timedelta = timedelta(hours=24)
    max_extensions: int = 0
    extension_duration: timedelta = timedelta(hours=1)


DEMANDS = (
    "require_mfa_to_approve",
    "requester_cannot_approve_self",
    "justification_required",
    "approver_reason_required",
    "grant_required",
)
LIMITS = ("max_duration", "approval_timeout", "max_extensions", "extension_duration")
GROUPS = ("requesters", "approvers")


def find_loosened_requests(before: RequestPolicy, after: RequestPolicy) -> dict[str, bool]:
    """Return for each field whether its change asks less, or gives more, than before."""
    return {
        "approvals_required": after.approvals_required < before.approvals_required,
        **{name: getattr(before, name) and not getattr(after, name) for name in DEMANDS},
        **{name: getattr(after, name) > getattr(before, name) for name in LIMITS},
        **{name: bool(getattr(after, name) - getattr(before, name)) for name in GROUPS},
    }

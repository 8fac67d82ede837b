"""What follows from an approval: access starts, or waits for its grant."""

from typing import Any

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.domain.grants import GrantState
from drf_accessflow_mfa.domain.lifecycle import Status
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.services.requests.grant_handlers import is_granted_by_handler
from drf_accessflow_mfa.services.requests.grants import settle_after_commit
from drf_accessflow_mfa.services.requests.rows import Moment, store, tell


def put_in_force(row: AccessRequest, at: Moment, **told: Any) -> None:
    """Let a request start that has what it needs, and tell of the approval.

    Its length is cut to what the flow allows now: a limit that was tightened
    while the request waited counts. Where the flow demands a grant, the time
    starts with the grant, which must succeed within the approval timeout.
    """
    length = min(row.duration, row.flow.max_duration)
    has_handler = is_granted_by_handler(row.flow)
    store(
        row,
        at,
        decided=Status.APPROVED.value,
        duration=length,
        grant_state=GrantState.DUE.value if has_handler else GrantState.NONE.value,
        **(
            {"expires_at": at.now + row.flow.approval_timeout}
            if row.flow.grant_required
            else {"starts_at": at.now, "ends_at": at.now + length}
        ),
    )
    tell(EventKind.REQUEST_APPROVED, signals.request_approved, row, at, **told)
    settle_after_commit(row.pk, using=at.using, is_concerned=has_handler)

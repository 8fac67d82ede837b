"""Withdraw what was granted to requests whose rows are deleted, as with their user.

No row is left to note a failure on, nor to try again from: the audit event is
all that tells.
"""

import copy
from functools import partial
from typing import Any

from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.domain.grants import Duty, GrantState
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.services.durable import durably, robustly_after_commit
from drf_accessflow_mfa.services.requests.grant_handlers import perform
from drf_accessflow_mfa.services.requests.rows import Moment, tell

TO_WITHDRAW = (GrantState.DUE.value, GrantState.GRANTED.value)


def withdraw_after_deletion(user: Any, *, using: str) -> None:
    """Withdraw what a user was granted once the transaction that deletes them is committed.

    Must run before the rows are deleted, and after their requests have ended.
    """
    rows = AccessRequest.objects.using(using).filter(requester_id=user.pk, grant_state__in=TO_WITHDRAW)
    for row in rows.select_related("flow", "requester"):
        robustly_after_commit(partial(_withdraw, row), using=using)


def withdraw_if_gone(row: AccessRequest | None, *, using: str) -> None:
    """Withdraw what a handler granted, or began to, while the row was being deleted."""
    if row is not None and not AccessRequest.objects.using(using).filter(pk=row.pk).exists():
        _withdraw(row)


def _withdraw(row: AccessRequest) -> None:
    """Withdraw what was granted to a request by the last copy of its row."""
    now = timezone.now()
    error = perform(Duty.WITHDRAW, row, now=now)
    reason = "" if error is None else type(error).__name__
    told = copy.copy(row)
    told.grant_state = GrantState.DUE.value if error else GrantState.WITHDRAWN.value

    def work(using: str) -> None:
        tell(
            EventKind.REQUEST_WITHDRAWN,
            signals.request_withdrawn,
            told,
            Moment(now=now, using=using, origin=Origin()),
            outcome=Outcome.FAILURE if error else Outcome.SUCCESS,
            reason=reason,
            succeeded=error is None,
        )

    durably(work)

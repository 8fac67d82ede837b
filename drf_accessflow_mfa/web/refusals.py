"""What a page says about a code that was not accepted."""

from typing import Any

from django.http import HttpRequest

from drf_accessflow_mfa.domain.budget import LockReason
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut
from drf_accessflow_mfa.web.wording import duration_in_words

CLOCK_HINT_AFTER = 2
"""Refused codes after which the phone's clock is the likely cause."""


def refusal_context(outcome: CodeRefused | LockedOut, request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page: a lock with its wait, or a wrong code and how many before it."""
    if isinstance(outcome, LockedOut):
        return {
            "status": 429,
            "is_locked": True,
            "is_disabled": outcome.reason is LockReason.DISABLED,
            "retry_after": outcome.retry_after_seconds,
            "wait": duration_in_words(outcome.retry_after_seconds),
        }
    failures = _failures_before(request) + 1
    return {
        "status": 400,
        "is_wrong": True,
        "failures": failures,
        "may_be_the_clock": failures >= CLOCK_HINT_AFTER,
    }


def _failures_before(request: HttpRequest) -> int:
    # Only for the hint; what counts is counted in the attempt budget.
    given = request.POST.get("failures", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0

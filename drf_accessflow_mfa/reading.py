"""One read for two guards of one request.

``RequiresMFA`` and ``HasActiveAccess`` on one view ask about the same flows.
Whichever is asked first reads for both; the other takes what was read, once.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from rest_framework.request import Request

from drf_accessflow_mfa.composition import operands_of
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.passages import are_passages_noted
from drf_accessflow_mfa.services.access import read_with_access
from drf_accessflow_mfa.services.guard_statement import GuardRow

READING_ATTRIBUTE = "_accessflow_mfa_reading"


class Reading(NamedTuple):
    """What the database said about flows and a caller at a moment."""

    guard: type
    flows: tuple[str, ...]
    binding: str
    now: datetime
    rows: Sequence[GuardRow]

    def __repr__(self) -> str:
        return f"Reading(guard={self.guard!r}, flows={self.flows!r}, now={self.now!r}, rows={self.rows!r})"


def read_for(guard: type, request: Request, flows: tuple[str, ...], caller: Caller) -> Reading:
    """Return what another guard has just read for this request, or read for both.

    A reading serves two guards, never one guard twice: asked again, as DRF
    does for one page, a guard reads again. Raises ``FlowUnknown``.
    """
    left = request.__dict__.pop(READING_ATTRIBUTE, None)
    if left is not None and left.guard is not guard and (left.flows, left.binding) == (flows, caller.binding):
        reading: Reading = left
        return reading
    now = timezone.now()
    rows = read_with_access(flows, caller, now=now, with_proof=are_passages_noted())
    reading = Reading(guard=guard, flows=flows, binding=caller.binding, now=now, rows=rows)
    request.__dict__[READING_ATTRIBUTE] = reading
    return reading


@lru_cache(maxsize=1024)
def is_among(guard: type, permissions: tuple[Any, ...]) -> bool:
    """Tell whether a kind of guard is among permission classes, or inside an expression of them."""
    return any(
        issubclass(permission, guard)
        if isinstance(permission, type)
        else is_among(guard, tuple(operands_of(permission)))
        for permission in permissions
    )

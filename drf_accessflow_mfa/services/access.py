"""Ask whether a caller has active access under flows now. Reads only."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import AccessRequired
from drf_accessflow_mfa.services.guard_statement import GuardRow, read_flows
from drf_accessflow_mfa.services.require import slugs_of, usable


def read_with_access(
    flows: Sequence[str], caller: Caller, *, now: datetime, with_proof: bool = True
) -> list[GuardRow]:
    """Return what flows and caller are now, active requests included: one statement.

    Raises ``FlowUnknown`` for no flow at all and for what cannot be one's name.
    """
    return read_flows(slugs_of(tuple(flows)), caller, now=now, with_access=True, with_proof=with_proof)


def require_access(flows: Sequence[str], found: Sequence[GuardRow]) -> list[UUID]:
    """Return the active requests that let the caller pass all these flows, given what was read.

    Raises ``FlowUnknown``, ``FlowInactive`` and ``AccessRequired``.
    """
    rows = {row.slug: row for row in found}
    return [_active_request(usable(rows.get(slug), slug)) for slug in flows]


def _active_request(row: GuardRow) -> UUID:
    if row.access is None:
        raise AccessRequired(row.slug)
    return row.access

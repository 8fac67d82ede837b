"""What one verification let its user do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import VerificationNotFound
from drf_accessflow_mfa.models import AccessDecision, AccessExtension, AccessRequest, Verification
from drf_accessflow_mfa.models.database import write_alias

MOST_SHOWN = 200
"""Acts of each kind; a verification lives for a day at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredAct:
    """An access request that was opened, decided or extended on the strength of a verification."""

    act: str
    request: UUID
    flow: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationDetail:
    """A verification of the caller, live or not."""

    row: Verification
    expires_at: datetime
    """Until when it counts, or counted, by the default age."""
    current: bool
    covered: Sequence[CoveredAct]


def verification_detail(caller: Caller, verification_id: UUID) -> VerificationDetail:
    """Return one of the caller's verifications. Raises ``VerificationNotFound``."""
    rows = Verification.objects.using(write_alias())
    row = rows.filter(pk=verification_id, user_id=caller.user.pk).first()
    if row is None:
        raise VerificationNotFound
    return VerificationDetail(
        row=row,
        expires_at=row.verified_at + mfa_settings.max_age,
        current=row.binding == caller.binding,
        covered=sorted(_acts_covered_by(row), key=lambda act: act.at),
    )


def _acts_covered_by(row: Verification) -> list[CoveredAct]:
    return [
        *_acts("opened", AccessRequest, row, "pk", "flow__slug", "created_at"),
        *_acts("decided", AccessDecision, row, "request_id", "request__flow__slug", "decided_at"),
        *_acts("extended", AccessExtension, row, "request_id", "request__flow__slug", "extended_at"),
    ]


def _acts(act: str, model: Any, verification: Verification, *columns: str) -> list[CoveredAct]:
    rows = model.objects.using(write_alias()).filter(verification=verification).order_by("pk")
    return [
        CoveredAct(act=act, request=request, flow=flow, at=at)
        for request, flow, at in rows.values_list(*columns)[:MOST_SHOWN]
    ]

"""What a user is shown about their own MFA."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices.registry import (
    UserDevice,
    devices_of,
    has_confirmed_device,
    is_recovery_set,
    methods_of,
)
from drf_accessflow_mfa.domain.assurance import Assurance, Requirement, find_shortfall
from drf_accessflow_mfa.domain.challenge import RefusalCode
from drf_accessflow_mfa.domain.errors import FlowNotFound
from drf_accessflow_mfa.models import AccessFlow, RecoveryCode, RecoveryCodes
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.guard_statement import GuardRow, read_flows
from drf_accessflow_mfa.services.require import (
    assurance_of,
    further_acr_values,
    is_met_by_claims,
    newest_verification,
    requirement_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A user's MFA, as the banner needs it."""

    enrolled: bool
    enrollment_required: bool
    verified: bool
    verified_at: datetime | None
    expires_at: datetime | None
    seconds_left: int
    methods: Sequence[str]
    acr: str | None
    devices: Sequence[UserDevice]
    recovery_codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRequirement:
    """What a flow would ask of a caller now."""

    flow: str
    require_mfa: bool
    satisfied: bool
    enrolled: bool
    max_age: timedelta
    acr_values: Sequence[str]
    methods: Sequence[str]
    verified_at: datetime | None
    expires_at: datetime | None
    code: RefusalCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesLeft:
    """How many recovery codes a user can still use."""

    left: int
    generated_at: datetime | None


def status_of(caller: Caller, *, now: datetime | None = None) -> Status:
    """Return the caller's status; ``verified`` goes by the default maximum age."""
    moment, using = now or timezone.now(), write_alias()
    devices = devices_of(caller.user, using=using, now=moment)
    confirmed = [device for device in devices if device.confirmed]
    newest = newest_verification(caller, now=moment)
    live = newest if newest is not None and moment <= newest.verified_at + mfa_settings.max_age else None
    expires_at = None if live is None else live.verified_at + mfa_settings.max_age
    return Status(
        enrolled=bool(confirmed),
        enrollment_required=not confirmed and _any_flow_requires_mfa(using),
        verified=live is not None,
        verified_at=live.verified_at if live else None,
        expires_at=expires_at,
        seconds_left=0 if expires_at is None else int((expires_at - moment).total_seconds()),
        methods=sorted({device.method.amr for device in confirmed}),
        acr=live.acr if live else None,
        devices=[device for device in devices if not is_recovery_set(device)],
        recovery_codes_left=_codes_left(caller, using=using),
    )


def is_enrollment_required(user: Any) -> bool:
    """Tell whether the banner is due: some active flow requires MFA and the user has no device.

    Two statements for a user who is enrolled, one where no flow requires MFA.
    """
    using = write_alias()
    return _any_flow_requires_mfa(using) and not has_confirmed_device(user, using=using)


def flow_requirement(
    slug: str, caller: Caller, *, include_inactive: bool, now: datetime | None = None
) -> FlowRequirement:
    """Return what a flow would ask of the caller. Raises ``FlowNotFound``."""
    moment = now or timezone.now()
    row = next(iter(read_flows([slug], caller, now=moment)), None)
    if row is None or not (row.is_active or include_inactive):
        raise FlowNotFound
    requirement = requirement_of(row)
    assurance = _assurance_for(requirement, row, caller, now=moment)
    methods = methods_of(caller.user, requirement.acr, using=write_alias())
    is_short = row.require_mfa and find_shortfall(requirement, assurance, now=moment) is not None
    proof = assurance if row.require_mfa and not is_short else None
    return FlowRequirement(
        flow=row.slug,
        require_mfa=row.require_mfa,
        satisfied=row.is_active and not is_short,
        enrolled=bool(methods),
        max_age=requirement.max_age,
        acr_values=[requirement.acr.value, *further_acr_values(requirement, caller.claimed)],
        methods=methods,
        verified_at=None if proof is None else proof.verified_at,
        expires_at=None if proof is None else proof.verified_at + requirement.max_age,
        code=_code_of(row, is_short=is_short, is_enrolled=bool(methods)),
    )


def _assurance_for(
    requirement: Requirement, row: GuardRow, caller: Caller, *, now: datetime
) -> Assurance | None:
    """Return the verification that counts for a flow, else the claims where only they suffice."""
    verified = assurance_of(row)
    if caller.claimed is None or find_shortfall(requirement, verified, now=now) is None:
        return verified
    return caller.claimed.assurance if is_met_by_claims(requirement, caller.claimed, now=now) else verified


def recovery_codes_left(caller: Caller) -> RecoveryCodesLeft:
    """Return how many of the caller's recovery codes are left, and how old the set is."""
    using = write_alias()
    batch = RecoveryCodes.objects.using(using).filter(user_id=caller.user.pk).first()
    return RecoveryCodesLeft(
        left=_codes_left(caller, using=using), generated_at=None if batch is None else batch.generated_at
    )


def _code_of(row: GuardRow, *, is_short: bool, is_enrolled: bool) -> RefusalCode | None:
    if not row.is_active:
        return RefusalCode.ACCESS_FLOW_INACTIVE
    if not is_short:
        return None
    return RefusalCode.MFA_REQUIRED if is_enrolled else RefusalCode.MFA_ENROLLMENT_REQUIRED


def _any_flow_requires_mfa(using: str) -> bool:
    # `= true` would become a bare column, for which SQLite and MariaDB have no index.
    flagged = AccessFlow.objects.using(using).filter(require_mfa__in=[True], is_active__in=[True])
    return flagged.exists()


def _codes_left(caller: Caller, *, using: str) -> int:
    return (
        RecoveryCode.objects.using(using).filter(batch__user_id=caller.user.pk, used_at__isnull=True).count()
    )

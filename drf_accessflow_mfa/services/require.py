"""Ask whether a caller may pass access flows now. Reads only."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.devices.registry import methods_of
from drf_accessflow_mfa.domain.acr import ACR_OF, Acr
from drf_accessflow_mfa.domain.assurance import (
    Assurance,
    Requirement,
    Shortfall,
    find_shortfall,
    is_fresh,
    strictest_of,
)
from drf_accessflow_mfa.domain.challenge import Challenge
from drf_accessflow_mfa.domain.claims import Claimed
from drf_accessflow_mfa.domain.errors import FlowInactive, FlowUnknown, StepUpRequired
from drf_accessflow_mfa.models import Verification
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.guard_statement import GuardRow, read_flows, read_newest

SLUG = re.compile(r"[-a-zA-Z0-9_]{1,100}", re.ASCII)


class Passed(NamedTuple):
    """The evidence that let a caller pass."""

    verifications: Mapping[str, UUID]
    """The verification that met each flow; an empty name for a requirement that stands in the code.

    Without those that required no MFA, that claims met, and where nobody
    asked which verification it was.
    """


NO_FLOW = ""
UNASKED = Passed(verifications={})


def require(
    flows: Sequence[str],
    caller: Caller,
    *,
    now: datetime | None = None,
    found: Sequence[GuardRow] | None = None,
    with_proof: bool = True,
) -> Passed:
    """Let the caller pass all these flows, or raise what stands in the way.

    Raises ``FlowUnknown``, also for no flow at all, ``FlowInactive``, or
    ``StepUpRequired`` with the strictest shortfall. One SQL statement for a
    caller who passes, however many flows there are; none with the rows that
    were ``found`` for another guard of the same request at the same ``now``.
    Without ``with_proof`` it is not told which verification it was.
    """
    # Not timezone.now(), which asks the settings each time: the guard calls this at every request.
    moment = now or datetime.now(UTC)
    slugs = slugs_of(tuple(flows))
    if found is None:
        found = read_flows(slugs, caller, now=moment, with_proof=with_proof)
    rows = {row.slug: row for row in found}
    shortfalls = []
    verifications = {}
    for slug in slugs:
        row = rows.get(slug)
        # Asked here too: a call saved at every guarded request.
        if row is None or not row.is_active:
            row = usable(row, slug)
        if not row.require_mfa:
            continue
        # The statement finds only verifications that meet the flow's class.
        if row.verified_at is not None and is_fresh(
            row.verified_at, max_age=row.max_age or mfa_settings.max_age, now=moment
        ):
            if row.verification is not None:
                verifications[slug] = row.verification
        elif not is_met_by_claims(requirement := requirement_of(row), caller.claimed, now=moment):
            shortfalls.append(Shortfall(requirement=requirement))
    if shortfalls:
        raise challenge_for(strictest_of(shortfalls), caller)
    return Passed(verifications=verifications) if verifications else UNASKED


def require_assurance(requirement: Requirement, caller: Caller, *, now: datetime | None = None) -> Passed:
    """Let a caller pass who meets a requirement that stands in the code, or raise ``StepUpRequired``.

    No SQL statement where the claims of the caller's token meet it, else one.
    """
    moment = now or timezone.now()
    if is_met_by_claims(requirement, caller.claimed, now=moment):
        return UNASKED
    newest = read_newest(caller, requirement.acr, now=moment)
    if newest is None or not is_fresh(newest.verified_at, max_age=requirement.max_age, now=moment):
        raise challenge_for(Shortfall(requirement=requirement), caller)
    return Passed(verifications={NO_FLOW: newest.verification})


@lru_cache(maxsize=1024)
def slugs_of(flows: tuple[str, ...]) -> tuple[str, ...]:
    """Return each name once. Raises ``FlowUnknown`` for none at all and for what cannot be a name."""
    slugs = tuple(dict.fromkeys(flows))
    if not slugs or not all(SLUG.fullmatch(slug) for slug in slugs):
        raise FlowUnknown(None)
    return slugs


def is_met_by_claims(requirement: Requirement, claimed: Claimed | None, *, now: datetime) -> bool:
    """Tell whether what a trusted identity provider says meets a requirement."""
    return claimed is not None and find_shortfall(requirement, claimed.assurance, now=now) is None


def require_fresh(caller: Caller, *, now: datetime | None = None) -> UUID:
    """Return the caller's newest verification if it is fresh enough to change factors.

    Only the caller's own credential counts, whatever the scope of flows.
    Raises ``StepUpRequired``.
    """
    moment = now or timezone.now()
    newest = newest_verification(caller, now=moment)
    assurance = None if newest is None else assurance_of_verification(newest)
    requirement = Requirement(flow=None, max_age=mfa_settings.manage_max_age)
    # Whatever an identity provider claims: a factor kept here is guarded by one kept here.
    shortfall = find_shortfall(requirement, assurance, now=moment)
    if shortfall is not None or newest is None:
        raise challenge_for(Shortfall(requirement=requirement), caller)
    return newest.pk


def newest_verification(caller: Caller, *, now: datetime) -> Verification | None:
    """Return the caller's newest live verification through this credential.

    One that is too old for any flow is not looked for: a user with a long
    history has many.
    """
    return (
        Verification.objects.using(write_alias())
        .filter(
            user_id=caller.user.pk,
            binding=caller.binding,
            password_stamp=caller.password_stamp,
            revoked_at__isnull=True,
            verified_at__range=(now - LONGEST_MAX_AGE, now),
        )
        .order_by("-verified_at")
        .first()
    )


def challenge_for(shortfall: Shortfall, caller: Caller) -> StepUpRequired:
    """Return the challenge that tells the caller how to meet a requirement."""
    methods = methods_of(caller.user, shortfall.requirement.acr, using=write_alias())
    return StepUpRequired(
        Challenge(
            requirement=shortfall.requirement,
            enrolled=bool(methods),
            methods=methods or ["otp"],
            further_acr_values=further_acr_values(shortfall.requirement, caller.claimed),
        )
    )


def challenge_of_issuer(requirement: Requirement, claimed: Claimed) -> StepUpRequired:
    """Return the challenge to a user who has no row here, and steps up at the issuer of the token."""
    return StepUpRequired(
        Challenge(
            requirement=requirement,
            enrolled=True,
            methods=["otp"],
            further_acr_values=further_acr_values(requirement, claimed),
        )
    )


def further_acr_values(requirement: Requirement, claimed: Claimed | None) -> tuple[str, ...]:
    """Return the names that the issuer of the caller's token has for what is required."""
    return () if claimed is None else claimed.issuer.acr_values_for(requirement.acr)


def requirement_of(row: GuardRow) -> Requirement:
    """Return what a flow demands now."""
    return Requirement(flow=row.slug, max_age=row.max_age or mfa_settings.max_age, acr=ACR_OF[row.acr])


def assurance_of(row: GuardRow) -> Assurance | None:
    """Return what the caller can show for a flow."""
    if row.verification is None or row.verified_at is None:
        return None
    # The statement finds only verifications that meet the flow's class.
    return Assurance(verification=row.verification, verified_at=row.verified_at, acr=ACR_OF[row.acr])


def assurance_of_verification(verification: Verification) -> Assurance:
    """Return what one verification shows."""
    return Assurance(
        verification=verification.pk, verified_at=verification.verified_at, acr=Acr(verification.acr)
    )


def usable(row: GuardRow | None, slug: str) -> GuardRow:
    """Return the flow if it lets anybody pass. Raises ``FlowUnknown`` and ``FlowInactive``."""
    if row is None:
        raise FlowUnknown(slug)
    if not row.is_active:
        raise FlowInactive(slug)
    return row

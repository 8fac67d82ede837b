"""End verifications before their time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from drf_accessflow_mfa import audit, signals
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.domain.errors import VerificationNotFound
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.models import AccessFlow, Verification
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.attempts import lock_factors
from drf_accessflow_mfa.services.durable import durably


class LiveVerification(NamedTuple):
    """A verification that something accepts now."""

    row: Verification
    expires_at: datetime
    """Until when it counts by the default age."""
    current: bool
    """Whether it was made through the credential that asks."""
    is_for_longer_ages_only: bool
    """Whether only what accepts a longer age than the default accepts it still."""


def live_verifications(caller: Caller, *, now: datetime | None = None) -> list[LiveVerification]:
    """Return the caller's live verifications through all credentials, newest first.

    Live is what some flow accepts, active or not, or what the settings accept.
    """
    moment = now or timezone.now()
    rows = list(_acceptable(caller, now=moment))
    earliest = moment - _longest_age(rows, now=moment)
    return [
        LiveVerification(
            row=row,
            expires_at=(expires_at := row.verified_at + mfa_settings.max_age),
            current=row.binding == caller.binding,
            is_for_longer_ages_only=expires_at < moment,
        )
        for row in rows
        if row.verified_at >= earliest
    ]


def forget_verification(
    caller: Caller, verification_id: UUID, *, origin: Origin, now: datetime | None = None
) -> None:
    """End one of the caller's verifications that anything could accept.

    Raises ``VerificationNotFound``.
    """
    moment = now or timezone.now()

    def work(using: str) -> None:
        lock_factors(caller.user, using=using)
        rows = _acceptable(caller, now=moment).filter(pk=verification_id)
        if not _end(list(rows), caller.user, "forgotten", origin=origin, now=moment, using=using):
            raise VerificationNotFound

    durably(work)


def forget_verifications(caller: Caller, *, origin: Origin, now: datetime | None = None) -> None:
    """End all of the caller's verifications that anything could accept, through whatever credential."""
    moment = now or timezone.now()

    def work(using: str) -> None:
        lock_factors(caller.user, using=using)
        rows = list(_acceptable(caller, now=moment))
        _end(rows, caller.user, "forgotten", origin=origin, now=moment, using=using)

    durably(work)


def revoke_binding(
    user: Any, binding: str, *, reason: str, origin: Origin, now: datetime | None = None
) -> None:
    """End what a credential verified, because the credential has ended."""
    moment, using = now or timezone.now(), write_alias()
    with transaction.atomic(using=using):
        rows = _unrevoked(user.pk, now=moment, using=using).filter(binding=binding)
        _end(list(rows), user, reason, origin=origin, now=moment, using=using)


def revoke_user(user: Any, *, reason: str, origin: Origin, now: datetime | None = None) -> None:
    """End all verifications of a user."""
    moment, using = now or timezone.now(), write_alias()
    with transaction.atomic(using=using):
        rows = _unrevoked(user.pk, now=moment, using=using)
        _end(list(rows), user, reason, origin=origin, now=moment, using=using)


def revoke_device(user_key: Any, device_id: str, *, now: datetime, using: str) -> None:
    """End what a device verified, in the transaction that removes it.

    The removal's own event tells of it.
    """
    Verification.objects.using(using).filter(
        user_id=user_key, device=device_id, revoked_at__isnull=True
    ).update(revoked_at=now)


def _acceptable(caller: Caller, *, now: datetime) -> Any:
    """Return what a view may accept; a requirement in the code may have an age that no flow has."""
    return (
        Verification.objects.using(write_alias())
        .filter(
            user_id=caller.user.pk,
            password_stamp=caller.password_stamp,
            revoked_at__isnull=True,
            verified_at__lte=now,
            verified_at__gte=now - LONGEST_MAX_AGE,
        )
        .order_by("-verified_at")
    )


def _longest_age(rows: Sequence[Verification], *, now: datetime) -> timedelta:
    """Return the age up to which a verification is accepted; flows are asked where there is an older one."""
    longest = max(mfa_settings.max_age, mfa_settings.manage_max_age)
    if not rows or rows[-1].verified_at >= now - longest:
        return longest
    of_flows = AccessFlow.objects.using(write_alias()).aggregate(longest=Max("mfa_max_age"))["longest"]
    return max(longest, of_flows or longest)


def _unrevoked(user_key: Any, *, now: datetime, using: str) -> Any:
    return Verification.objects.using(using).filter(
        user_id=user_key, revoked_at__isnull=True, verified_at__gte=now - LONGEST_MAX_AGE
    )


def _end(
    rows: Sequence[Verification], user: Any, reason: str, *, origin: Origin, now: datetime, using: str
) -> int:
    ended = [row for row in rows if _revoke(row, now=now, using=using)]
    for row in ended:
        _log(row, user, reason, origin=origin, now=now, using=using)
    if ended:
        signals.send_after_commit(
            signals.verifications_revoked, sender=Verification, using=using, user=user, reason=reason
        )
    return len(ended)


def _revoke(row: Verification, *, now: datetime, using: str) -> bool:
    """End one verification, unless another transaction has just done so, and tell which."""
    rows = Verification.objects.using(using).filter(pk=row.pk, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=now))


def _log(row: Verification, user: Any, reason: str, *, origin: Origin, now: datetime, using: str) -> None:
    audit.append(
        EventKind.VERIFICATION_REVOKED,
        Outcome.SUCCESS,
        now=now,
        origin=origin,
        using=using,
        actor=user,
        subject=user,
        reason=reason,
        verification=row.pk,
        device=row.device,
        method=row.method,
        credential=row.credential,
    )

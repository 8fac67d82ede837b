"""Enroll an authenticator app: begin, show the QR code once, confirm."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices import authenticator_app
from drf_accessflow_mfa.devices.counted import as_user_device
from drf_accessflow_mfa.devices.kinds import Judgement
from drf_accessflow_mfa.devices.registry import (
    UserDevice,
    devices_of,
    find_device,
    is_authenticator_app,
    is_expired_enrollment,
    is_recovery_set,
)
from drf_accessflow_mfa.domain.errors import DeviceLimitReached, EnrollmentNotFound
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.models import AuthenticatorApp, Verification
from drf_accessflow_mfa.models.authenticator_app import SECRET_BYTES
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.attempts import Factor, lock_factors
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.judging import append_verification, judge_guess
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.outcomes import Accepted, CodeRefused, LockedOut
from drf_accessflow_mfa.services.recovery import generate_recovery_codes
from drf_accessflow_mfa.services.require import require_fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """An enrollment that was begun. The secret is readable here and never again."""

    device: UserDevice
    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A confirmed device, and the verification that its first code made."""

    device: UserDevice
    verification: Verification
    recovery_codes: Sequence[str] | None = field(repr=False)
    """The new set with the first device; ``None`` with further ones."""


def allow_enrollment(caller: Caller, *, now: datetime | None = None) -> None:
    """Raise what beginning an enrollment would raise now, without beginning one.

    Raises ``StepUpRequired`` and ``DeviceLimitReached``.
    """
    moment = now or timezone.now()
    act = _act(caller, Origin(), moment, write_alias())
    _allow_another(act, _confirmed_devices(act))


def begin_enrollment(caller: Caller, *, name: str, origin: Origin, now: datetime | None = None) -> Enrollment:
    """Make an unconfirmed device for the caller, in place of any begun before.

    The first device needs no verification, every further one a fresh one.
    Raises ``StepUpRequired``, ``EnrollmentRefused`` and ``DeviceLimitReached``.
    """
    moment = now or timezone.now()
    begun = durably(lambda using: _begin(_act(caller, origin, moment, using), name))
    caller.remember()
    return begun


def confirm_enrollment(
    caller: Caller, device_id: str, code: object, *, origin: Origin, now: datetime | None = None
) -> Enrolled | CodeRefused | LockedOut:
    """Confirm a device with its first code, which counts as a verification.

    Only the credential that began it can confirm it. Raises
    ``EnrollmentNotFound``, and ``StepUpRequired`` when another device was
    confirmed meanwhile.
    """
    moment = now or timezone.now()
    outcome = durably(lambda using: _confirm(_act(caller, origin, moment, using), device_id, code))
    if isinstance(outcome, Enrolled):
        caller.remember()
        caller.renew()
    return outcome


def _act(caller: Caller, origin: Origin, now: datetime, using: str) -> Act:
    return Act(caller=caller, origin=origin, now=now, using=using)


def _begin(act: Act, name: str) -> Enrollment:
    user = act.caller.user
    lock_factors(user, using=act.using)
    confirmed = _confirmed_devices(act)
    _allow_another(act, confirmed)
    policy = mfa_settings.enrollment_policy
    if policy is not None and not confirmed:
        policy(user)
    AuthenticatorApp.objects.using(act.using).filter(user_id=user.pk, confirmed=False).delete()
    app = AuthenticatorApp(
        user=user, name=name, confirmed=False, created_at=act.now, binding=act.caller.binding
    )
    app.seal_secret(secrets.token_bytes(SECRET_BYTES))
    app.save(using=act.using, force_insert=True)
    device = as_user_device(app)
    act.log(EventKind.ENROLLMENT_BEGUN, device=device)
    return Enrollment(
        device=device,
        secret=app.totp().secret,
        otpauth_uri=app.provisioning_uri(),
        expires_at=act.now + mfa_settings.enrollment_ttl,
    )


def _confirm(act: Act, device_id: str, code: object) -> Enrolled | CodeRefused | LockedOut:
    confirmed_before: list[UserDevice] = []

    # Runs after the statement that locks, which must be the first. What it
    # raises counts nothing: no code was judged.
    def find() -> list[UserDevice]:
        pending = _find_pending(act, device_id)
        confirmed_before.extend(_confirmed_devices(act))
        _allow_another(act, confirmed_before)
        return [pending]

    def judge(device: UserDevice, plain: str) -> Judgement:
        return authenticator_app.confirm(device.row, plain, now=act.now, using=act.using)

    outcome = judge_guess(act, code, Factor.CODES, find=find, judge=judge)
    if not isinstance(outcome, Accepted):
        return outcome
    return _finish(act, device_id, confirmed_before)


def _finish(act: Act, device_id: str, confirmed_before: Sequence[UserDevice]) -> Enrolled:
    user = act.caller.user
    device = find_device(user, device_id, using=act.using)
    if device is None:
        raise EnrollmentNotFound
    verification = append_verification(act, device)
    act.log(EventKind.DEVICE_ENROLLED, device=device)
    signals.send_after_commit(
        signals.device_enrolled, sender=AuthenticatorApp, using=act.using, user=user, device=device.id
    )
    has_recovery_codes = any(map(is_recovery_set, confirmed_before))
    codes = None if has_recovery_codes else generate_recovery_codes(act)
    return Enrolled(device=device, verification=verification, recovery_codes=codes)


def _confirmed_devices(act: Act) -> list[UserDevice]:
    return [
        device for device in devices_of(act.caller.user, using=act.using, now=act.now) if device.confirmed
    ]


def _allow_another(act: Act, confirmed: Sequence[UserDevice]) -> None:
    if confirmed:
        require_fresh(act.caller, now=act.now)
    if sum(map(is_authenticator_app, confirmed)) >= mfa_settings.max_devices:
        raise DeviceLimitReached


def _find_pending(act: Act, device_id: str) -> UserDevice:
    device = find_device(act.caller.user, device_id, using=act.using)
    if (
        device is None
        or not is_authenticator_app(device)
        or device.confirmed
        or device.row.binding != act.caller.binding
        or is_expired_enrollment(device.row, now=act.now)
    ):
        raise EnrollmentNotFound
    return device

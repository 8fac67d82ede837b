"""Our own TOTP device."""

from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from django.db import connections

from drf_accessflow_mfa.compiled.queries import compile_update
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, value_of_moment
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.devices.kinds import DeviceKind, Judgement
from drf_accessflow_mfa.domain.codes import canonical_otp
from drf_accessflow_mfa.domain.errors import SecretUnreadable
from drf_accessflow_mfa.domain.totp import find_step, step_at
from drf_accessflow_mfa.models import AuthenticatorApp
from drf_accessflow_mfa.models.authenticator_app import DIGITS, PERIOD_SECONDS


class AuthenticatorAppKind(DeviceKind):
    """Time-based codes of six digits, each step accepted once."""

    name = "authenticator_app"

    def canonical(self, code: object) -> str | None:
        """Return exactly six ASCII digits."""
        plain = canonical_otp(code)
        return plain if plain is not None and len(plain) == DIGITS else None

    def judge(self, device: AuthenticatorApp, code: str, *, now: datetime, using: str) -> Judgement:
        """Check a code and consume its time step."""
        step = find_matching_step(device, code, now=now)
        if isinstance(step, Judgement):
            return step
        consumed = _consume(device.pk, step, now=now, using=using)
        return Judgement.ACCEPTED if consumed else Judgement.REPLAYED


def _consume(key: int, step: int, *, now: datetime, using: str) -> int:
    """Consume a time step unless it, or a later one, was consumed before; return how many rows did."""
    connection = connections[using]
    values = {"pk": key, "step": step, "now": value_of_moment(now, connection)}
    return _consuming(using, connection.vendor).write(values, connection=connection)


@lru_cache(maxsize=8)
def _consuming(using: str, vendor: str) -> CompiledStatement:
    field = AuthenticatorApp._meta.get_field
    step = Parameter("step", cast("Any", field("last_step")))
    app = AuthenticatorApp.objects.filter(
        pk=Parameter("pk", cast("Any", field("id"))), confirmed=True, last_step__lt=step
    )
    changes = {"last_step": step, "last_used_at": Parameter("now", cast("Any", field("last_used_at")))}
    return compile_update(app, changes, using=using)


def find_matching_step(device: AuthenticatorApp, code: str, *, now: datetime) -> int | Judgement:
    """Return the time step that the code stands for, or why there is none."""
    try:
        totp = device.totp()
    except SecretUnreadable:
        return Judgement.SECRET_UNREADABLE
    step = find_step(
        code,
        totp.generate_otp,
        current_step=step_at(now, period_seconds=PERIOD_SECONDS),
        tolerance=mfa_settings.code_tolerance,
    )
    return Judgement.WRONG_CODE if step is None else step


def confirm(device: AuthenticatorApp, code: str, *, now: datetime, using: str) -> Judgement:
    """Check the first code of an enrollment; accepting it confirms the device.

    The step is consumed with it: the code cannot serve again.
    """
    step = find_matching_step(device, code, now=now)
    if isinstance(step, Judgement):
        return step
    confirmed = (
        AuthenticatorApp.objects.using(using)
        .filter(pk=device.pk, confirmed=False)
        .update(confirmed=True, confirmed_at=now, last_step=step, last_used_at=now, binding="")
    )
    return Judgement.ACCEPTED if confirmed else Judgement.REPLAYED

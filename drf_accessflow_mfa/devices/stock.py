"""django-otp's own devices, which existing installations already have.

Their ``verify_token`` is not used where a plain comparison and a conditional
write can do the same: a saved instance would overwrite what another process
has consumed meanwhile, and the drift of ``TOTPDevice`` has no bound.
"""

import base64
from datetime import datetime
from typing import Any

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.devices.by_itself import left_to_django_otp
from drf_accessflow_mfa.devices.kinds import DeviceKind, Judgement
from drf_accessflow_mfa.domain.codes import canonical_otp, canonical_static_token
from drf_accessflow_mfa.domain.totp import find_step, step_at


class StockTotpKind(DeviceKind):
    """``otp_totp.TOTPDevice``: its key, step and digits; neither drift nor its tolerance."""

    name = "totp"

    def canonical(self, code: object) -> str | None:
        """Return six to eight ASCII digits."""
        return canonical_otp(code)

    def judge(self, device: Any, code: str, *, now: datetime, using: str) -> Judgement:
        """Check a code and consume its time step in ``last_t``."""
        # Imported where it is used: a process that only guards judges no code.
        import pyotp  # noqa: PLC0415

        if len(code) != device.digits:
            return Judgement.WRONG_CODE
        hotp = pyotp.HOTP(base64.b32encode(device.bin_key).decode(), digits=device.digits)
        step = find_step(
            code,
            hotp.at,
            current_step=step_at(now, period_seconds=device.step, epoch_seconds=device.t0),
            tolerance=mfa_settings.code_tolerance,
        )
        if step is None:
            return Judgement.WRONG_CODE
        consumed = (
            type(device)
            ._default_manager.using(using)
            .filter(pk=device.pk, confirmed=True, last_t__lt=step)
            .update(last_t=step, last_used_at=now)
        )
        return Judgement.ACCEPTED if consumed else Judgement.REPLAYED


class StockStaticKind(DeviceKind):
    """``otp_static.StaticDevice``: tokens that are deleted when used."""

    name = "static"
    forgets_codes = True

    def canonical(self, code: object) -> str | None:
        """Return four to sixteen ASCII letters and digits."""
        return canonical_static_token(code)

    def judge(self, device: Any, code: str, *, now: datetime, using: str) -> Judgement:
        """Delete the token; whoever deleted it has used it."""
        tokens = device.token_set.using(using).filter(token=code)
        if not tokens._raw_delete(using):
            return Judgement.WRONG_CODE
        type(device)._default_manager.using(using).filter(pk=device.pk).update(last_used_at=now)
        return Judgement.ACCEPTED


class SideChannelKind(DeviceKind):
    """Devices that sent a token, as ``otp_email.EmailDevice`` does."""

    name = "side_channel"
    forgets_codes = True

    def canonical(self, code: object) -> str | None:
        """Return six to eight ASCII digits."""
        return canonical_otp(code)

    def judge(self, device: Any, code: str, *, now: datetime, using: str) -> Judgement:
        """Check the token that was sent and clear it."""
        spent = (
            type(device)
            ._default_manager.using(using)
            .filter(pk=device.pk, confirmed=True, token=code, valid_until__gt=now)
            .update(token=None, valid_until=now)
        )
        return Judgement.ACCEPTED if spent else Judgement.WRONG_CODE


class OtherKind(DeviceKind):
    """Any other django-otp device: its own ``verify_token``, under our lock."""

    name = "other"
    forgets_codes = True

    def canonical(self, code: object) -> str | None:
        """Return ASCII letters and digits."""
        return canonical_static_token(code)

    def judge(self, device: Any, code: str, *, now: datetime, using: str) -> Judgement:
        """Ask the device, which was read after the user's row was locked."""
        with left_to_django_otp():
            accepted = device.confirmed and device.verify_token(code) is True
        return Judgement.ACCEPTED if accepted else Judgement.WRONG_CODE

"""Our own recovery codes."""

import secrets
from datetime import datetime

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.devices.kinds import DeviceKind, Judgement
from drf_accessflow_mfa.domain.codes import (
    RECOVERY_LENGTH,
    canonical_recovery_code,
    grouped,
    recovery_code_from,
)
from drf_accessflow_mfa.models import RecoveryCode, RecoveryCodes

CODES_IN_A_SET = 10
_PURPOSE = "recovery code"


class RecoveryCodesKind(DeviceKind):
    """Codes of 120 bits, each accepted once, kept as keyed hashes."""

    name = "recovery_codes"

    def canonical(self, code: object) -> str | None:
        """Return 24 characters of Crockford's base 32."""
        return canonical_recovery_code(code)

    def judge(self, device: RecoveryCodes, code: str, *, now: datetime, using: str) -> Judgement:
        """Look a code up by its digest and spend it."""
        digests = crypto.keyed_hashes(_PURPOSE, str(device.user_id), code)
        codes = RecoveryCode.objects.using(using).filter(batch_id=device.pk, digest__in=digests)
        if codes.filter(used_at__isnull=True).update(used_at=now):
            RecoveryCodes.objects.using(using).filter(pk=device.pk).update(last_used_at=now)
            return Judgement.ACCEPTED
        return Judgement.REPLAYED if codes.exists() else Judgement.WRONG_CODE

    def created_at(self, device: RecoveryCodes) -> datetime:
        """Return when the set was made."""
        return device.generated_at


def replace_set(user_id: object, *, now: datetime, using: str) -> list[str]:
    """Make a new set, void the old one, and return the codes in groups of four.

    This is the only moment at which they exist in plain text.
    """
    batch, created = RecoveryCodes.objects.using(using).get_or_create(
        user_id=user_id, defaults={"name": "Recovery codes", "confirmed": True, "generated_at": now}
    )
    if not created:
        RecoveryCode.objects.using(using).filter(batch=batch).delete()
        RecoveryCodes.objects.using(using).filter(pk=batch.pk).update(generated_at=now, last_used_at=None)
    codes = [recovery_code_from(secrets.token_bytes(RECOVERY_LENGTH)) for _ in range(CODES_IN_A_SET)]
    key_id = crypto.newest_key_id()
    RecoveryCode.objects.using(using).bulk_create(
        RecoveryCode(batch=batch, digest=crypto.keyed_hash(_PURPOSE, str(user_id), code), key_id=key_id)
        for code in codes
    )
    return [grouped(code) for code in codes]

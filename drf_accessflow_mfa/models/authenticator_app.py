"""Authenticator apps: time-based one-time passwords (RFC 6238)."""

import base64
import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.models.own_device import OwnDevice

if TYPE_CHECKING:
    import pyotp

SECRET_BYTES = 20
"""160 bits, the length of the HMAC's output (RFC 6238, section 5.1)."""
PERIOD_SECONDS = 30
DIGITS = 6


class AuthenticatorApp(OwnDevice):
    """A TOTP device: SHA-1, 6 digits, 30 s, the only form that every app reads."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed_secret = models.BinaryField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    binding = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("mfa", "created at"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    SPENT_COLUMNS = ("last_used_at", "last_step", "sealed_secret")

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    def __str__(self) -> str:
        return str(self.name)

    def __repr__(self) -> str:
        return f"<AuthenticatorApp {self.pk} of user {self.user_id}>"

    def seal_secret(self, secret: bytes) -> None:
        """Keep a secret, sealed for this user and this device."""
        self.sealed_secret = crypto.seal(secret, belongs_to=self._owner)

    def reseal(self) -> None:
        """Seal the same secret again, with the newest key. Raises ``SecretUnreadable``."""
        self.seal_secret(crypto.unseal(bytes(self.sealed_secret), belongs_to=self._owner))

    def totp(self) -> "pyotp.TOTP":
        """Return the generator of this device's codes.

        Raises ``SecretUnreadable``.
        """
        # Imported where it is used: a process that only guards makes no code.
        import pyotp  # noqa: PLC0415

        secret = crypto.unseal(bytes(self.sealed_secret), belongs_to=self._owner)
        return pyotp.TOTP(base64.b32encode(secret).decode(), digits=DIGITS, interval=PERIOD_SECONDS)

    def provisioning_uri(self) -> str:
        """Return the ``otpauth://`` URI that authenticator apps scan.

        Written here since apps differ in what they bear: spaces as ``%20``,
        no padding, the algorithm spelled ``SHA1``, all parameters present.
        """
        issuer, account = quote(mfa_settings.issuer, safe=""), quote(self.user.get_username(), safe="@")
        return (
            f"otpauth://totp/{issuer}:{account}?secret={self.totp().secret}&issuer={issuer}"
            f"&algorithm=SHA1&digits={DIGITS}&period={PERIOD_SECONDS}"
        )

    @property
    def _owner(self) -> str:
        return f"totp|{self.user_id}|{self.handle}"

"""The methods a second factor can stand for, and what each is worth."""

from enum import StrEnum

from drf_accessflow_mfa.domain.acr import Acr


class Method(StrEnum):
    """How a user proved the second factor.

    The log tells a recovery from an ordinary code; ``amr`` gives the name
    that clients know.
    """

    OTP = "otp"
    HARDWARE_KEY = "hwk"
    RECOVERY_CODE = "recovery_code"

    @property
    def acr(self) -> Acr:
        """Return the class that a verification by this method reaches."""
        return Acr.PHISHING_RESISTANT if self is Method.HARDWARE_KEY else Acr.MFA

    @property
    def amr(self) -> str:
        """Return the RFC 8176 name; a look-up secret is a one-time password there."""
        return Method.OTP.value if self is Method.RECOVERY_CODE else self.value

"""Authentication context class references: how strong a second factor is."""

from enum import StrEnum


class Acr(StrEnum):
    """What a flow asks for and a verification gives.

    The values are the ones that travel in ``acr_values`` (RFC 9470, section 3).
    """

    MFA = "https://refeds.org/profile/mfa"
    """Any second factor (REFEDS MFA profile)."""

    PHISHING_RESISTANT = "phr"
    """A phishing-resistant factor (OpenID EAP ACR values)."""

    @property
    def rank(self) -> int:
        """Return the strength, larger is stronger."""
        return _RANKS[self]

    def satisfies(self, wanted: "Acr") -> bool:
        """Tell whether a verification of this class meets the wanted one."""
        return self.rank >= wanted.rank


ACR_OF = {acr.value: acr for acr in Acr}
"""The class of each value, without the cost of calling the enumeration."""

_RANKS = {Acr.MFA: 1, Acr.PHISHING_RESISTANT: 2}

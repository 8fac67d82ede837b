"""What the claims of a validated token say about how its user authenticated.

``acr``, ``amr`` and ``auth_time`` as in RFC 9068, section 2.2.1, and OpenID
Connect Core 1.0, section 2. Only an issuer that is named is believed, and of
its words only those that are named.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Assurance

ENTRY_KEYS = frozenset({"acr", "amr"})
ACR_VALUE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}", re.ASCII)
"""What may stand in ``acr_values``: no space, quote or backslash (RFC 6750, section 3)."""


class TrustedIssuer(NamedTuple):
    """Which words of an identity provider stand for which class of second factor."""

    acr: Mapping[str, Acr]
    amr: Mapping[str, Acr] = MappingProxyType({})

    def acr_values_for(self, wanted: Acr) -> tuple[str, ...]:
        """Return the issuer's own names for what meets a class, in their order."""
        return tuple(name for name, acr in self.acr.items() if acr.satisfies(wanted))


class Claimed(NamedTuple):
    """What a token of a trusted issuer shows."""

    issuer: TrustedIssuer
    assurance: Assurance | None
    """``None`` where no second factor or no time is named."""


def issuer_of(entry: Any) -> TrustedIssuer:
    """Return an issuer as a setting describes it. Raises ``ValueError``.

    ``{"acr": {"their value": "our class"}, "amr": {"mfa": "our class"}}``,
    where ``amr`` may be left out.
    """
    if not isinstance(entry, Mapping) or not ENTRY_KEYS.issuperset(entry) or not entry.get("acr"):
        raise ValueError(f"expected {{'acr': {{value: class}}, 'amr': {{...}}}}, not {entry!r}")
    return TrustedIssuer(acr=_classes_of(entry["acr"]), amr=_classes_of(entry.get("amr", {})))


def find_claimed(claims: Mapping[str, Any], issuers: Mapping[str, TrustedIssuer]) -> Claimed | None:
    """Return what validated claims show, or ``None`` where their issuer is not trusted.

    The strongest class that ``acr`` or ``amr`` stands for counts, from
    ``auth_time`` on; the moment the token was issued says nothing.
    """
    name = claims.get("iss")
    issuer = issuers.get(name) if isinstance(name, str) else None
    if issuer is None:
        return None
    classes = list(_classes_in(claims, issuer))
    verified_at = _moment(claims.get("auth_time"))
    if not classes or verified_at is None:
        return Claimed(issuer=issuer, assurance=None)
    strongest = max(classes, key=lambda acr: acr.rank)
    return Claimed(
        issuer=issuer, assurance=Assurance(verification=None, verified_at=verified_at, acr=strongest)
    )


def _classes_in(claims: Mapping[str, Any], issuer: TrustedIssuer) -> Iterator[Acr]:
    value = claims.get("acr")
    if isinstance(value, str) and value in issuer.acr:
        yield issuer.acr[value]
    methods = claims.get("amr")
    if isinstance(methods, list):
        yield from (issuer.amr[item] for item in methods if isinstance(item, str) and item in issuer.amr)


def _moment(seconds: Any) -> datetime | None:
    """Return a NumericDate (RFC 7519, section 2) as a time, or ``None`` for anything else."""
    if type(seconds) not in (int, float):
        return None
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _classes_of(names: Any) -> dict[str, Acr]:
    if not isinstance(names, Mapping):
        raise ValueError(f"expected a mapping of names to classes, not {names!r}")
    for name in names:
        if not isinstance(name, str) or not ACR_VALUE.fullmatch(name):
            raise ValueError(f"{name!r} is no value of acr or amr")
    return {name: Acr(acr) for name, acr in names.items()}

r"""The canonical forms of codes: what may reach a device at all.

``int()``, ``\d`` and NFKC accept full-width digits, signs, underscores and
spaces; a code accepted in two spellings can be spent twice.
"""

import re
from collections.abc import Sequence

_OTP = re.compile(r"[0-9]{6,8}", re.ASCII)
_STATIC = re.compile(r"[A-Za-z0-9_-]{4,16}", re.ASCII)
_RECOVERY_SPELLING = re.compile(r"[0-9A-Za-z-]{24,40}", re.ASCII)

RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that reads as a digit; 5 bits a character."""
RECOVERY_LENGTH = 24
"""Characters of a recovery code: 120 bits (at least 112, OWASP ASVS 6.5.2)."""
_RECOVERY = re.compile(f"[{RECOVERY_ALPHABET}]{{{RECOVERY_LENGTH}}}", re.ASCII)
_LOOKALIKES = str.maketrans("OIL", "011")


def canonical_otp(value: object) -> str | None:
    """Return a one-time password of 6 to 8 ASCII digits as it is, else ``None``."""
    return value if isinstance(value, str) and _OTP.fullmatch(value) else None


def canonical_static_token(value: object) -> str | None:
    """Return a django-otp static token as it is, else ``None``."""
    return value if isinstance(value, str) and _STATIC.fullmatch(value) else None


def canonical_recovery_code(value: object) -> str | None:
    """Return a recovery code in capitals without hyphens, else ``None``.

    People type these from paper: case, hyphens, and O, I, L for 0, 1, 1 do
    not matter. The digest is taken of the canonical form, so that all
    spellings are spent at once.
    """
    if not isinstance(value, str) or not _RECOVERY_SPELLING.fullmatch(value):
        return None
    plain = value.replace("-", "").upper().translate(_LOOKALIKES)
    return plain if _RECOVERY.fullmatch(plain) else None


def recovery_code_from(random_bytes: Sequence[int]) -> str:
    """Return the recovery code that shows 24 random bytes, 5 bits of each."""
    return "".join(RECOVERY_ALPHABET[byte & 31] for byte in random_bytes[:RECOVERY_LENGTH])


def grouped(code: str) -> str:
    """Return a code in groups of four, as people copy it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))

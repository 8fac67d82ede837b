"""The codes that an authenticator shows (RFC 6238)."""

import hmac
import struct
import time

PERIOD_SECONDS = 30
DIGITS = 6


class Authenticator:
    """One authenticator; it computes a code once a time step."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._shown: tuple[int, str] = (-1, "")

    def code(self) -> str:
        """Return the code of this moment."""
        step = int(time.time()) // PERIOD_SECONDS
        if self._shown[0] != step:
            self._shown = (step, self._code_at(step))
        return self._shown[1]

    def _code_at(self, step: int) -> str:
        digest = hmac.digest(self._secret, struct.pack(">Q", step), "sha1")
        offset = digest[-1] & 0x0F
        number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
        return f"{number % 10**DIGITS:0{DIGITS}}"

"""The authenticators of the members, and which of their codes were used."""

import time
from dataclasses import dataclass, field

import pyotp

from benchmarks.load.world import Member

PERIOD_SECONDS = 30


@dataclass(kw_only=True)
class Authenticators:
    """Those of one seat; only its thread uses them."""

    _last_step: dict[str, int] = field(default_factory=dict)
    _last_code: dict[str, str] = field(default_factory=dict)

    def unused_code(self, member: Member) -> str | None:
        """Return what is shown now, unless it was used; from then on it is."""
        step = int(time.time()) // PERIOD_SECONDS
        if self._last_step.get(member.name, -1) >= step:
            return None
        code = pyotp.TOTP(member.secret).generate_otp(step)
        self._last_step[member.name], self._last_code[member.name] = step, code
        return code

    def used_code(self, member: Member) -> str | None:
        """Return a code that was used and that the server would still accept from somebody else."""
        step = int(time.time()) // PERIOD_SECONDS
        return self._last_code[member.name] if self._last_step.get(member.name) == step else None

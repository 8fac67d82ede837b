"""What becomes of a code. Failures are returned: raising would roll them back."""

from dataclasses import dataclass

from drf_accessflow_mfa.devices.registry import UserDevice
from drf_accessflow_mfa.domain.budget import LockReason
from drf_accessflow_mfa.models import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A device accepted the code; nothing is proven yet for any credential."""

    device: UserDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The code was right and is spent."""

    verification: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRefused:
    """The code was not accepted. Which part was wrong, only the log says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOut:
    """No code was judged: the attempt budget is used up."""

    reason: LockReason
    retry_after_seconds: int

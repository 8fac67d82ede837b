"""What every kind of device can tell and do."""

from abc import ABC, abstractmethod
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar


class Judgement(StrEnum):
    """What became of a code."""

    ACCEPTED = "accepted"
    WRONG_CODE = "wrong_code"
    REPLAYED = "replayed"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - the name of a judgement


class DeviceKind(ABC):
    """One kind of django-otp device."""

    name: ClassVar[str]
    """The ``kind`` that the API shows."""

    forgets_codes: ClassVar[bool] = False
    """Whether a code leaves no trace on the device when it is accepted."""

    @abstractmethod
    def canonical(self, code: object) -> str | None:
        """Return the code in the one form that this kind reads, else ``None``."""

    @abstractmethod
    def judge(self, device: Any, code: str, *, now: datetime, using: str) -> Judgement:
        """Check a canonical code and spend it, atomically.

        The device was read in the running transaction, after the lock. What
        is spent is spent by a conditional UPDATE or DELETE, so that a second
        transaction finds it gone whatever the database isolates.
        """

    def created_at(self, device: Any) -> datetime | None:
        """Return when the device was made, where it is known."""
        return getattr(device, "created_at", None)

    def last_used_at(self, device: Any) -> datetime | None:
        """Return when a code of the device was last accepted, where it is known."""
        return getattr(device, "last_used_at", None)

"""Append the audit event of something that a caller did to their own factors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_accessflow_mfa import audit
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices.registry import UserDevice
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, from where, when, and in which transaction."""

    caller: Caller
    origin: Origin
    now: datetime
    using: str

    def log(
        self,
        kind: EventKind,
        outcome: Outcome = Outcome.SUCCESS,
        *,
        reason: str = "",
        device: UserDevice | None = None,
        verification: UUID | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Append an event of which the caller is actor and subject."""
        audit.append(
            kind,
            outcome,
            now=self.now,
            origin=self.origin,
            using=self.using,
            actor=self.caller.user,
            subject=self.caller.user,
            reason=reason,
            verification=verification,
            device="" if device is None else device.id,
            method="" if device is None else device.method.value,
            credential=self.caller.credential,
            changes=dict(changes or {}),
        )

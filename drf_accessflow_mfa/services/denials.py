"""Write down who was refused, outside of the transaction that was refused."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Model
from django.utils import timezone

from drf_accessflow_mfa import audit
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.services.durable import durably

logger = logging.getLogger("drf_accessflow_mfa.audit")


class Denial(NamedTuple):
    """A guarded request that was refused."""

    user: Any
    code: str
    flow: str
    credential: str

    @property
    def user_with_a_row(self) -> Any:
        """Return the user, or ``None`` for one who exists in a token alone.

        The key in a token of another server may be somebody else's here.
        """
        return self.user if isinstance(self.user, Model) else None


def record_denials(denials: Sequence[Denial], *, origin: Origin, now: datetime | None = None) -> None:
    """Append an event for each denial; where that fails, log it at least.

    The request is refused all the same: a full disk must not open a flow.
    """
    moment = now or timezone.now()

    def work(using: str) -> None:
        for denial in denials:
            _append(denial, origin=origin, now=moment, using=using)

    try:
        durably(work)
    except (DatabaseError, RuntimeError):
        for denial in denials:
            logger.exception(
                "mfa.challenged denied user=%s flow=%s code=%s: not written to the audit log",
                denial.user.pk,
                denial.flow,
                denial.code,
            )


def _append(denial: Denial, *, origin: Origin, now: datetime, using: str) -> None:
    user = denial.user_with_a_row
    audit.append(
        EventKind.MFA_CHALLENGED,
        Outcome.DENIED,
        now=now,
        origin=origin,
        using=using,
        actor=user,
        subject=user,
        reason=denial.code,
        flow=denial.flow,
        credential=denial.credential,
    )

"""Append one audit event, in the transaction of what it tells."""

from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from drf_accessflow_mfa.compiled.rows import insert_row
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.outbox import queue_webhooks

_NAME_LENGTH = 254


class Facts(TypedDict, total=False):
    """What an event tells beyond what happened, when and from where; empty where it is not given.

    Never pass a code, a secret or a token.
    """

    actor: Any
    """The user who did it, or ``None``."""
    subject: Any
    """The user whose second factor it is about, or ``None``."""
    reason: str
    flow: str
    request: UUID | None
    verification: UUID | None
    device: str
    method: str
    credential: str
    changes: dict[str, Any]
    """The value before and after, by name."""


def append(
    kind: EventKind, outcome: Outcome, *, now: datetime, origin: Origin, using: str, **facts: Unpack[Facts]
) -> AuditEvent:
    """Append an event and return it."""
    actor, subject = facts.pop("actor", None), facts.pop("subject", None)
    event = AuditEvent(
        occurred_at=now,
        kind=kind.value,
        outcome=outcome.value,
        actor_id=None if actor is None else actor.pk,
        actor_name=_name_of(actor),
        subject_id=None if subject is None else subject.pk,
        subject_name=_name_of(subject),
        ip=origin.ip,
        user_agent=origin.user_agent,
        source=origin.source.value,
        **facts,
    )
    event.sign()
    insert_row(event, using=using)
    queue_webhooks(event, using=using)
    return event


def moment_text(moment: datetime) -> str:
    """Return how ``changes`` tell a moment: in UTC (RFC 3339), in whatever zone the database keeps it."""
    return moment.astimezone(UTC).isoformat()


def _name_of(user: Any) -> str:
    return "" if user is None else str(user.get_username())[:_NAME_LENGTH]

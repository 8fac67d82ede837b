"""Read the audit log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.models import AuditEvent, Verification
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.keyset import older_than

COLUMNS = (
    "id",
    "occurred_at",
    "kind",
    "outcome",
    "reason",
    "actor_name",
    "subject_name",
    "flow",
    "request",
    "verification",
    "device",
    "method",
    "credential",
    "ip",
    "user_agent",
    "source",
    "changes",
)


@dataclass(frozen=True, slots=True)
class OwnEvents:
    """The events that a user has caused, and those about them: a list to filter and to slice, as a queryset.

    Each reason is asked apart, for no more rows than the slice has, and by an
    index of its own: joined by OR, a database reads all of both for each page.
    """

    parts: tuple[Any, ...]
    is_newest_first: bool = True

    def filter(self, *conditions: Any, **lookups: Any) -> "OwnEvents":
        """Return those that meet the conditions."""
        return replace(self, parts=tuple(part.filter(*conditions, **lookups) for part in self.parts))

    def order_by(self, *columns: str) -> "OwnEvents":
        """Return them in the order of ``occurred_at`` and ``id``, falling or rising."""
        parts = tuple(part.order_by(*columns) for part in self.parts)
        return OwnEvents(parts, is_newest_first=columns[0].startswith("-"))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield all of them."""
        return iter(self[:])

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        """Return a slice as rows of ``values()``."""
        found = {row["id"]: row for part in self.parts for row in part[: wanted.stop]}
        rows = sorted(found.values(), key=_position_of, reverse=self.is_newest_first)
        return rows[wanted]


def events_for(user: Any, filters: Mapping[str, Any]) -> Any:
    """Return the events that a user may read, as rows of ``values()``.

    Their own, or all with the permission to view audit events. ``filters``
    has any of ``kind``, ``outcome``, ``actor``, ``subject``, ``flow``,
    ``since`` and ``until``; the users by name, both times inclusive.
    """
    sees_all = user.has_perm("drf_accessflow_mfa.view_auditevent")
    events = _events().values(*COLUMNS) if sees_all else own_events(user)
    for name in ("kind", "outcome", "flow"):
        if name in filters:
            events = events.filter(**{name: filters[name]})
    for name in ("actor", "subject"):
        if name in filters:
            # A name that nobody has matches no event, rather than those without a user.
            events = events.filter(**{f"{name}_id__in": [_key_of(filters[name])]})
    if "since" in filters:
        events = events.filter(occurred_at__gte=filters["since"])
    if "until" in filters:
        events = events.filter(occurred_at__lte=filters["until"])
    return events


def own_events(user: Any, *, before: tuple[datetime, int] | None = None) -> OwnEvents:
    """Return what a user has done and what was done about them, newest first.

    The rows have ``subject_id`` besides. ``before`` is the moment and the id
    of an event: only older ones then.
    """
    rows = _events().values(*COLUMNS, "subject_id")
    events = OwnEvents((rows.filter(subject_id=user.pk), rows.filter(actor_id=user.pk)))
    return events if before is None else events.filter(older_than(("occurred_at", "id"), before))


def _events() -> Any:
    return AuditEvent.objects.using(write_alias())


def _position_of(row: Mapping[str, Any]) -> tuple[datetime, int]:
    return row["occurred_at"], row["id"]


def origins_of(user: Any, verifications: Sequence[Verification]) -> dict[UUID, Mapping[str, Any]]:
    """Return ``ip`` and ``user_agent`` of a user's verifications, by their keys.

    At most one statement, which goes by the moments: a verification and its
    event have the same, and the index begins with subject and moment.
    """
    if not verifications:
        return {}
    events = AuditEvent.objects.using(write_alias()).filter(
        subject_id=user.pk, occurred_at__in=[row.verified_at for row in verifications]
    )
    rows = events.values("kind", "verification", "ip", "user_agent")
    return {row["verification"]: row for row in rows if row["kind"] == EventKind.MFA_VERIFIED}


def _key_of(username: str) -> Any:
    model = get_user_model()
    users = model._default_manager.filter(**{model.USERNAME_FIELD: username})
    return users.values_list("pk", flat=True).first()

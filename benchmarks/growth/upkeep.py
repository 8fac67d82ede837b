"""Seal and prune, in seconds a million rows."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db.models import Max
from django.test import override_settings
from django.utils import timezone

from benchmarks.growth.installations import Installation
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent, Verification
from drf_accessflow_mfa.models.audit_mac import mac_of

KEEP_EVENTS = timedelta(days=400)
KEEP_VERIFICATIONS = timedelta(days=90)
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What one command did."""

    command: str
    rows: int
    seconds: float

    @property
    def seconds_a_million(self) -> float:
        """Return the seconds that a million rows take at this pace."""
        return self.seconds / self.rows * MILLION


def measure_upkeep(place: Installation) -> list[Upkeep]:
    """Seal genuine events, then prune them and the old verifications."""
    with place.in_use() as connection:
        _start_after_made_rows()
        append_signed_events(connection, place.size.signed_events)
        sealing = _timed("seal", _sealed_count, "accessflow_mfa_audit", "seal")
        old = Verification.objects.filter(verified_at__lt=timezone.now() - KEEP_VERIFICATIONS)
        with override_settings(ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS=None):
            verifications = _timed("prune verifications", _decrease_of(old), "accessflow_mfa_prune")
        events = AuditEvent.objects.filter(occurred_at__lt=timezone.now() - KEEP_EVENTS)
        with override_settings(ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS=KEEP_EVENTS):
            pruning = _timed("prune events", _decrease_of(events), "accessflow_mfa_prune")
    return [sealing, verifications, pruning]


def append_signed_events(connection: Any, count: int) -> None:
    """Append events as the package signs them, all older than ``KEEP_EVENTS``."""
    names = [str(column.column) for column in AuditEvent._meta.concrete_fields if not column.primary_key]
    copy = f"COPY {AuditEvent._meta.db_table} ({', '.join(names)}) FROM STDIN"
    begun_at = timezone.now() - KEEP_EVENTS - timedelta(days=30)
    with connection.cursor() as cursor, cursor.copy(copy) as sink:
        for event in _signed(count, begun_at):
            sink.write_row(["{}" if name == "changes" else event[name] for name in names])


def _signed(count: int, begun_at: datetime) -> Iterator[dict[str, Any]]:
    for number in range(count):
        event: dict[str, Any] = {
            "occurred_at": begun_at + number * timedelta(days=20) / count,
            "kind": "mfa.verified",
            "outcome": "success",
            "reason": "",
            "actor_id": 1,
            "actor_name": "user-1",
            "subject_id": 1,
            "subject_name": "user-1",
            "flow": "",
            "request": None,
            "verification": uuid4(),
            "device": "drf_accessflow_mfa.authenticatorapp-1",
            "method": "otp",
            "credential": "token",
            "ip": "192.0.2.1",
            "user_agent": "curl/8.5",
            "source": "api",
            "changes": {},
        }
        event["mac"] = mac_of(event)
        yield event


def _start_after_made_rows() -> None:
    """Begin the chain of checkpoints after the made rows, which nobody has signed."""
    last = AuditEvent.objects.aggregate(last=Max("id"))["last"]
    now = timezone.now()
    start = AuditCheckpoint(
        number=1, sealed_at=now, after_id=last, last_id=last, event_count=0, newest_at=now, members=b""
    )
    start.sign()
    start.save()


def _sealed_count() -> int:
    return sum(AuditCheckpoint.objects.values_list("event_count", flat=True))


def _decrease_of(rows: Any) -> Any:
    before = rows.count()
    return lambda: before - rows.count()


def _timed(name: str, rows: Any, *command: str) -> Upkeep:
    begun = time.perf_counter()
    call_command(*command, stdout=io.StringIO())
    seconds = time.perf_counter() - begun
    return Upkeep(command=name, rows=rows(), seconds=seconds)

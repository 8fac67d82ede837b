"""Seal the audit log: put what was appended into signed checkpoints.

Sealing runs beside the writers and takes no lock of theirs: it reads outside of
any transaction and writes one row. It never trusts a
highest id: a transaction can commit late with a lower one. So each run begins by counting
what stands below the last checkpoint, and seals what has come since. Two
sealers at once make the same number; the database lets one of them through,
and the other looks again.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.domain.trail import (
    EVENT_FIELDS,
    event_bytes,
    leaf_of,
    packed_members,
    root_of,
    unpacked_members,
)
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.models.audit_mac import MacVerdict, judge_mac
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.durable import durably

EVENTS_IN_A_CHECKPOINT = 1000
LATE_FOR = timedelta(hours=24)
"""For how long after a checkpoint its range is searched for late commits."""

logger = logging.getLogger("drf_accessflow_mfa.audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What one run of the sealer did."""

    checkpoints: Sequence[AuditCheckpoint]
    refused: Sequence[int]
    """Ids of events that no configured key has signed: they are never sealed."""


def seal_all(
    *, batch: int = EVENTS_IN_A_CHECKPOINT, search_everywhere: bool = False, now: datetime | None = None
) -> Sealed:
    """Seal all events that can be seen, a checkpoint for each batch.

    ``search_everywhere`` looks for late commits below all checkpoints, not
    only below those of the last day.
    """
    moment, using = now or timezone.now(), write_alias()
    refused: set[int] = set()
    checkpoints = list(_seal_each(batch, refused, moment, using, search_everywhere=search_everywhere))
    if refused:
        logger.error("audit events without a genuine signature are not sealed: %s", sorted(refused)[:20])
    return Sealed(checkpoints=checkpoints, refused=sorted(refused))


def _seal_each(
    batch: int, refused: set[int], now: datetime, using: str, *, search_everywhere: bool
) -> Iterator[AuditCheckpoint]:
    """Yield each new checkpoint, and add the ids of forged events to ``refused``.

    Late events are looked for once a run: that counts all that the last day
    has sealed. Only another sealer, whose checkpoint takes the next number,
    can have sealed them meanwhile; then all is read again.
    """
    before: AuditCheckpoint | None = None
    late: list[int] | None = None
    is_last = False
    while not is_last:
        if late is None:
            before = AuditCheckpoint.objects.using(using).order_by("number").last()
            late = _late_ids(before, now, using, search_everywhere=search_everywhere)
        late = [key for key in late if key not in refused]
        checkpoint, unsigned, is_last = _draft(before, late, batch, now, using)
        refused.update(unsigned)
        if checkpoint is not None and not _insert(checkpoint):
            late, is_last = None, False
            continue
        late = late[batch:]
        if checkpoint is not None:
            _publish(checkpoint)
            # Read again where somebody asks: a run over millions of events must not hold them all.
            del checkpoint.members
            before = checkpoint
            yield checkpoint


def _insert(checkpoint: AuditCheckpoint) -> bool:
    """Write a checkpoint, unless another sealer has used its number: then one looks again."""

    # The INSERT comes first: SQLite refuses to write after a read that is out of date.
    def work(using: str) -> bool:
        try:
            with transaction.atomic(using=using):
                checkpoint.save(using=using, force_insert=True)
        except IntegrityError:
            return False
        return True

    return durably(work)


def _draft(
    before: AuditCheckpoint | None, late_ids: Sequence[int], batch: int, now: datetime, using: str
) -> tuple[AuditCheckpoint | None, list[int], bool]:
    after_id = 0 if before is None else before.last_id
    rows = AuditEvent.objects.using(using).order_by("id").values("id", "mac", *EVENT_FIELDS)
    late = list(rows.filter(id__in=late_ids[:batch]))
    fresh = list(rows.filter(id__gt=after_id)[:batch])
    members, newest, unsigned = _members_of([*late, *fresh])
    is_last = len(fresh) < batch and len(late_ids) <= batch
    # With nothing new, the newest key still has to vouch for what older keys signed.
    is_stale = before is not None and before.key_id != crypto.newest_key_id()
    if not fresh and not members and not is_stale:
        return None, unsigned, is_last
    checkpoint = _following(before, up_to=fresh[-1]["id"] if fresh else after_id, newest=newest, now=now)
    _hold(checkpoint, members)
    checkpoint.sign()
    return checkpoint, unsigned, is_last


def _following(
    before: AuditCheckpoint | None, *, up_to: int, newest: datetime | None, now: datetime
) -> AuditCheckpoint:
    return AuditCheckpoint(
        number=1 if before is None else before.number + 1,
        sealed_at=now,
        after_id=0 if before is None else before.last_id,
        last_id=up_to,
        newest_at=newest or now,
        previous="" if before is None else before.digest,
    )


def _members_of(
    rows: Sequence[dict[str, Any]],
) -> tuple[dict[int, bytes], datetime | None, list[int]]:
    """Return the leaves of genuine events, the newest moment, and the ids of the others."""
    members: dict[int, bytes] = {}
    refused: list[int] = []
    moments: list[datetime] = []
    for row in rows:
        content = event_bytes(row)
        if judge_mac(row["mac"], content) is MacVerdict.GENUINE:
            members[row["id"]] = leaf_of(row["id"], row["mac"], content)
            moments.append(row["occurred_at"])
        else:
            refused.append(row["id"])
    return members, max(moments, default=None), refused


def _hold(checkpoint: AuditCheckpoint, members: dict[int, bytes]) -> None:
    packed = packed_members(members.items())
    checkpoint.members = packed
    checkpoint.root = root_of(packed)
    checkpoint.event_count = len(members)
    checkpoint.late_ids = sorted(key for key in members if key <= checkpoint.after_id)


def _late_ids(
    before: AuditCheckpoint | None, now: datetime, using: str, *, search_everywhere: bool
) -> list[int]:
    """Return the ids at or below the last checkpoint that none has as a member.

    One count over the index tells whether there are any; only then are the
    members read.
    """
    if before is None:
        return []
    window = AuditCheckpoint.objects.using(using).order_by("number")
    if not search_everywhere:
        window = window.filter(sealed_at__gte=now - LATE_FOR)
    facts = list(window.values_list("after_id", "event_count", "late_ids", "pruned_at"))
    if not facts:
        return []
    start = facts[0][0]
    events = AuditEvent.objects.using(using).filter(id__gt=start, id__lte=before.last_id)
    expected = sum(
        count - sum(key <= start for key in late) for _, count, late, pruned_at in facts if pruned_at is None
    )
    if events.count() == expected:
        return []
    return _without_members(events, window, using)


def _without_members(events: Any, window: Any, using: str) -> list[int]:
    strangers = set(events.values_list("id", flat=True))
    for packed in window.values_list("members", flat=True).iterator(chunk_size=50):
        strangers.difference_update(key for key, _ in unpacked_members(bytes(packed)))
    return sorted(strangers)


def _publish(checkpoint: AuditCheckpoint) -> None:
    # The copy outside of the database is what proves a log that was cut off.
    logger.info(
        "sealed checkpoint=%d digest=%s events=%d last_id=%d",
        checkpoint.number,
        checkpoint.digest,
        checkpoint.event_count,
        checkpoint.last_id,
    )

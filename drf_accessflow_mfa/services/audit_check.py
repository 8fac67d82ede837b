"""Check the audit log against its checkpoints, and name what was changed, removed or inserted.

Every event is checked against its own signature or, once sealed, against its
checkpoint; every checkpoint against its signature and against the next one,
which holds its digest. What one configured key has signed vouches for all
checkpoints before it, also for those of keys that are gone.

A log that was cut off at its end, together with its checkpoints, looks whole:
only a checkpoint that was kept elsewhere (``anchor``) tells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.domain.trail import (
    EVENT_FIELDS,
    Damage,
    Finding,
    event_bytes,
    leaf_of,
    root_of,
    unpacked_members,
)
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.models.audit_mac import MacVerdict, judge_mac
from drf_accessflow_mfa.models.database import write_alias

MOST_FINDINGS = 1000
_ROWS = 1000
_CHECKPOINTS = 20

_DAMAGE_OF_MAC = {
    MacVerdict.FORGED: Damage.INSERTED,
    MacVerdict.KEY_MISSING: Damage.KEY_MISSING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A checkpoint as somebody kept it outside of the database."""

    number: int
    digest: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What a check found."""

    checkpoints: int = 0
    sealed: int = 0
    pruned: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)
    """The first of them first; at most ``MOST_FINDINGS``."""

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.findings


@dataclass(slots=True)
class _Walk:
    """What one walk over the log has to remember."""

    using: str
    report: Report
    strangers: dict[int, MacVerdict] = field(default_factory=dict)
    """Events inside a sealed range that its checkpoint does not know: late, or inserted."""


def check_trail(*, anchor: Anchor | None = None) -> Report:
    """Walk over all checkpoints and events and return what is wrong with them."""
    walk = _Walk(using=write_alias(), report=Report())
    last_id, findings = 0, []
    for finding, reached in _walked(walk, anchor):
        last_id = max(last_id, reached)
        if finding is not None:
            findings.append(finding)
        if len(findings) >= MOST_FINDINGS:
            break
    else:
        findings += _in_the_tail(walk, last_id)
        findings += _from_strangers(walk)
        findings += _copies(walk)
    walk.report.findings = sorted(set(findings), key=_place)[:MOST_FINDINGS]
    return walk.report


def _walked(walk: _Walk, anchor: Anchor | None) -> Iterator[tuple[Finding | None, int]]:
    """Yield what is wrong with the checkpoints and their events, with the event id reached."""
    vouched = _newest_vouched(walk.using)
    before: AuditCheckpoint | None = None
    for checkpoint in _checkpoints(walk.using):
        for finding in _in_chain(checkpoint, before, vouched):
            yield finding, 0
        if anchor is not None and checkpoint.number == anchor.number and checkpoint.digest != anchor.digest:
            yield Finding(damage=Damage.CHECKPOINT_CHANGED, checkpoint=checkpoint.number), 0
        for finding in _in_events(walk, checkpoint):
            yield finding, 0
        walk.report.checkpoints += 1
        yield None, checkpoint.last_id
        before = checkpoint
    if anchor is not None and (before is None or before.number < anchor.number):
        yield Finding(damage=Damage.CHECKPOINT_MISSING, checkpoint=anchor.number), 0


def _checkpoints(using: str) -> Iterator[AuditCheckpoint]:
    """Yield all checkpoints, a page at a time: some drivers read a whole result into memory."""
    rows, number = AuditCheckpoint.objects.using(using).order_by("number"), 0
    while page := list(rows.filter(number__gt=number)[:_CHECKPOINTS]):
        yield from page
        number = page[-1].number


def _newest_vouched(using: str) -> int:
    """Return the number of the newest checkpoint whose key is configured."""
    rows = AuditCheckpoint.objects.using(using).order_by("-number").values_list("number", "key_id")
    return next((number for number, key_id in rows.iterator() if crypto.is_key_known(key_id)), 0)


def _in_chain(checkpoint: AuditCheckpoint, before: AuditCheckpoint | None, vouched: int) -> Iterator[Finding]:
    expected = 1 if before is None else before.number + 1
    if checkpoint.number != expected:
        yield Finding(damage=Damage.CHECKPOINT_MISSING, checkpoint=expected)
    is_known = crypto.is_key_known(checkpoint.key_id)
    if not is_known and checkpoint.number > vouched:
        yield Finding(damage=Damage.KEY_MISSING, checkpoint=checkpoint.number)
    if is_known and not checkpoint.is_genuine():
        yield Finding(damage=Damage.CHECKPOINT_CHANGED, checkpoint=checkpoint.number)
    elif before is not None and checkpoint.number == expected and checkpoint.previous != before.digest:
        yield Finding(damage=Damage.CHECKPOINT_CHANGED, checkpoint=before.number)


def _in_events(walk: _Walk, checkpoint: AuditCheckpoint) -> Iterator[Finding]:
    if checkpoint.pruned_at is not None:
        yield from _in_tombstone(walk, checkpoint)
        return
    packed = bytes(checkpoint.members)
    if root_of(packed) != checkpoint.root:
        yield Finding(damage=Damage.CHECKPOINT_CHANGED, checkpoint=checkpoint.number)
        return
    members = dict(unpacked_members(packed))
    for event_id in checkpoint.late_ids:
        walk.strangers.pop(event_id, None)
    for row in _rows_of(walk, checkpoint):
        content, leaf = event_bytes(row), members.pop(row["id"], None)
        if leaf is None:
            walk.strangers[row["id"]] = judge_mac(row["mac"], content)
        elif leaf != leaf_of(row["id"], row["mac"], content):
            yield Finding(damage=Damage.CHANGED, event=row["id"], checkpoint=checkpoint.number)
        else:
            walk.report.sealed += 1
    if members and not _was_pruned_meanwhile(walk, checkpoint):
        for event_id in members:
            yield Finding(damage=Damage.REMOVED, event=event_id, checkpoint=checkpoint.number)


def _in_tombstone(walk: _Walk, checkpoint: AuditCheckpoint) -> Iterator[Finding]:
    walk.report.pruned += checkpoint.event_count
    if not crypto.is_key_known(checkpoint.tombstone_key_id):
        yield Finding(damage=Damage.KEY_MISSING, checkpoint=checkpoint.number)
    elif not checkpoint.is_tombstone_genuine():
        yield Finding(damage=Damage.CHECKPOINT_CHANGED, checkpoint=checkpoint.number)
    for row in _rows_between(walk, checkpoint.after_id, checkpoint.last_id):
        walk.strangers[row["id"]] = judge_mac(row["mac"], event_bytes(row))


def _rows_of(walk: _Walk, checkpoint: AuditCheckpoint) -> Iterator[dict[str, Any]]:
    late: Sequence[int] = checkpoint.late_ids
    for start in range(0, len(late), _ROWS):
        yield from _events(walk).filter(id__in=late[start : start + _ROWS])
    yield from _rows_between(walk, checkpoint.after_id, checkpoint.last_id)


def _rows_between(walk: _Walk, after_id: int, last_id: int | None) -> Iterator[dict[str, Any]]:
    """Yield events by id, a page at a time."""
    events = _events(walk) if last_id is None else _events(walk).filter(id__lte=last_id)
    while page := list(events.filter(id__gt=after_id)[:_ROWS]):
        yield from page
        after_id = page[-1]["id"]


def _events(walk: _Walk) -> Any:
    rows = AuditEvent.objects.using(walk.using).order_by("id")
    return rows.values("id", "mac", *EVENT_FIELDS)


def _was_pruned_meanwhile(walk: _Walk, checkpoint: AuditCheckpoint) -> bool:
    rows = AuditCheckpoint.objects.using(walk.using)
    return rows.filter(pk=checkpoint.pk, pruned_at__isnull=False).exists()


def _in_the_tail(walk: _Walk, last_id: int) -> Iterator[Finding]:
    """Yield what is wrong with events that are not sealed yet: only their signatures tell."""
    for row in _rows_between(walk, last_id, None):
        walk.report.unsealed += 1
        damage = _DAMAGE_OF_MAC.get(judge_mac(row["mac"], event_bytes(row)))
        if damage is not None:
            yield Finding(damage=damage, event=row["id"])


def _from_strangers(walk: _Walk) -> Iterator[Finding]:
    for event_id, verdict in walk.strangers.items():
        damage = _DAMAGE_OF_MAC.get(verdict)
        if damage is None:
            # Committed after its range was sealed: the next sealing takes it in.
            walk.report.unsealed += 1
        else:
            yield Finding(damage=damage, event=event_id)


def _copies(walk: _Walk) -> Iterator[Finding]:
    """Yield events that carry the signature of another: genuine in content, but not in number."""
    twins = (
        AuditEvent.objects.using(walk.using)
        .exclude(mac="")
        .order_by()
        .values("occurred_at", "mac")
        .annotate(count=Count("id"), copy=Max("id"))
        .filter(count__gt=1)
    )
    for twin in twins[:MOST_FINDINGS]:
        yield Finding(damage=Damage.COPIED, event=twin["copy"])


def _place(finding: Finding) -> tuple[int, int]:
    # A damaged checkpoint casts doubt on all that it holds: it comes first.
    return (finding.event or 0, finding.checkpoint or 0)

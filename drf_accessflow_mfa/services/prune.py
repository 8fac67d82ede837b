"""Delete what is old: verifications, unconfirmed enrollments, webhooks that are over, sealed audit events.

In batches, each a short transaction with its own audit event, so that it can
be stopped and started again beside live traffic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from drf_accessflow_mfa import audit
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome, Source
from drf_accessflow_mfa.domain.trail import root_of, unpacked_members
from drf_accessflow_mfa.models import (
    AuditCheckpoint,
    AuditEvent,
    AuthenticatorApp,
    PendingReset,
    Verification,
    WebhookDelivery,
)
from drf_accessflow_mfa.models.audit_triggers import pruning
from drf_accessflow_mfa.services.durable import durably

BATCH = 1000
_ORIGIN = Origin(source=Source.COMMAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """One batch that was deleted."""

    what: str
    count: int


class CheckpointDamaged(Exception):
    """The members of a checkpoint are not those that were sealed: nothing of it is pruned."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Checkpoint {number} is damaged; run `manage.py accessflow_mfa_audit verify`.")
        self.number = number


def prune(*, batch: int = BATCH, now: datetime | None = None) -> Iterator[Pruned]:
    """Delete batch after batch of what the settings let go, and yield each.

    Raises ``CheckpointDamaged`` rather than delete the traces of damage.
    """
    moment = now or timezone.now()
    yield from _each(lambda using: _prune_verifications(batch, moment, using))
    yield from _each(lambda using: _prune_unfinished(batch, moment, using))
    yield from _each(lambda using: _prune_deliveries(batch, moment, using))
    keep = mfa_settings.keep_audit_events
    if keep is not None:
        yield from _each(lambda using: _prune_checkpoint(keep, moment, using))


def _each(work: Any) -> Iterator[Pruned]:
    while (done := durably(work)) is not None:
        yield done


def _prune_verifications(batch: int, now: datetime, using: str) -> Pruned | None:
    before = now - mfa_settings.keep_verifications
    rows = Verification.objects.using(using).filter(verified_at__lt=before)
    keys = list(rows.order_by("verified_at").values_list("pk", flat=True)[:batch])
    if not keys:
        return None
    Verification.objects.using(using).filter(pk__in=keys).delete()
    _log(EventKind.VERIFICATIONS_PRUNED, {"count": len(keys), "before": before.isoformat()}, now, using)
    return Pruned(what="verifications", count=len(keys))


def _prune_unfinished(batch: int, now: datetime, using: str) -> Pruned | None:
    """Delete what can be confirmed no more: it changes nobody's factors, so the log is silent."""
    apps = AuthenticatorApp.objects.using(using).filter(
        confirmed=False, created_at__lt=now - mfa_settings.enrollment_ttl
    )
    resets = PendingReset.objects.using(using).filter(expires_at__lt=now)
    for rows in (apps, resets):
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
        if keys:
            rows.filter(pk__in=keys).delete()
            return Pruned(what=str(rows.model._meta.verbose_name_plural), count=len(keys))
    return None


def _prune_deliveries(batch: int, now: datetime, using: str) -> Pruned | None:
    """Delete what was delivered or given up long ago; what is still due stays, however old."""
    rows = WebhookDelivery.objects.using(using).filter(
        created_at__lt=now - mfa_settings.keep_webhook_deliveries, next_attempt_at__isnull=True
    )
    keys = list(rows.order_by("created_at").values_list("pk", flat=True)[:batch])
    if not keys:
        return None
    rows.filter(pk__in=keys).delete()
    return Pruned(what="webhook deliveries", count=len(keys))


def _prune_checkpoint(keep: timedelta, now: datetime, using: str) -> Pruned | None:
    """Delete the events of one checkpoint, all or none, and leave a signed tombstone."""
    rows = AuditCheckpoint.objects.using(using).filter(pruned_at__isnull=True, newest_at__lt=now - keep)
    # An UPDATE first, so that of two that prune one waits for the other.
    number = rows.filter(event_count__gt=0).order_by("number").values_list("number", flat=True).first()
    if number is None or not rows.filter(pk=number).update(pruned_at=now):
        return None
    checkpoint = AuditCheckpoint.objects.using(using).get(pk=number)
    packed = bytes(checkpoint.members)
    if root_of(packed) != checkpoint.root or not _is_vouched(checkpoint, using):
        raise CheckpointDamaged(number)
    keys = [key for key, _ in unpacked_members(packed)]
    with pruning(connections[using]):
        AuditEvent.objects.using(using).filter(pk__in=keys)._raw_delete(using)
    checkpoint.members = b""
    checkpoint.sign_tombstone()
    checkpoint.save(using=using, update_fields=["members", "tombstone_key_id", "tombstone"])
    _log(EventKind.AUDIT_PRUNED, {"checkpoint": number, "count": len(keys)}, now, using)
    return Pruned(what="audit events", count=len(keys))


def _is_vouched(checkpoint: AuditCheckpoint, using: str) -> bool:
    """Tell whether a checkpoint is as it was sealed: by its own signature, or by what the next one holds."""
    following = AuditCheckpoint.objects.using(using).filter(number=checkpoint.number + 1).first()
    if following is not None and following.previous != checkpoint.digest:
        return False
    return checkpoint.is_genuine() or following is not None


def _log(kind: EventKind, facts: dict[str, Any], now: datetime, using: str) -> None:
    audit.append(
        kind,
        Outcome.SUCCESS,
        now=now,
        origin=_ORIGIN,
        using=using,
        changes={name: [None, value] for name, value in facts.items()},
    )

"""Seal secrets anew with the newest key, beside live traffic.

Each row is written only where it still holds what was read, so nothing that
happens meanwhile is lost. What is done is skipped, so it can be stopped and
started again at any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from drf_accessflow_mfa import audit, crypto
from drf_accessflow_mfa.domain.errors import SecretUnreadable
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome, Source
from drf_accessflow_mfa.models import AuditCheckpoint, AuthenticatorApp, RecoveryCode
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.durable import durably

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """One batch of secrets."""

    done: int
    """Sealed anew."""
    current: int
    """Under the newest key already."""
    overtaken: int
    """Changed by somebody else meanwhile; the next run looks at them."""
    unreadable: tuple[int, ...]
    """Ids of authenticator apps whose secret no configured key opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundToOldKeys:
    """What cannot be rotated, and is lost when the older keys go."""

    recovery_codes: int
    users: int


def rotate_secrets(*, batch: int = BATCH, now: datetime | None = None) -> Iterator[Rotated]:
    """Seal the secrets of authenticator apps with the newest key, and yield each batch."""
    moment, using = now or timezone.now(), write_alias()
    rows, last_id = AuthenticatorApp.objects.using(using).order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last_id)[:batch]):
        yield _rotate(page, moment)
        last_id = page[-1].pk


def rotate_tombstones() -> int:
    """Sign the tombstones of the audit log with the newest key and return how many that were."""
    using, done = write_alias(), 0
    rows = AuditCheckpoint.objects.using(using).exclude(tombstone_key_id="")
    for checkpoint in rows.exclude(tombstone_key_id=crypto.newest_key_id()):
        if checkpoint.is_tombstone_genuine():
            checkpoint.sign_tombstone()
            checkpoint.save(using=using, update_fields=["tombstone_key_id", "tombstone"])
            done += 1
    return done


def count_bound_to_old_keys() -> BoundToOldKeys:
    """Count the unused recovery codes that only an older key can check.

    They are kept as hashes and work for as long as their key is configured;
    nobody but their owner can make new ones.
    """
    codes = (
        RecoveryCode.objects.using(write_alias())
        .filter(used_at__isnull=True)
        .exclude(key_id=crypto.newest_key_id())
    )
    users = codes.order_by().values("batch__user_id").distinct().count()
    return BoundToOldKeys(recovery_codes=codes.count(), users=users)


def _rotate(page: list[AuthenticatorApp], now: datetime) -> Rotated:
    renewed: list[tuple[int, bytes, bytes]] = []
    unreadable, current = [], 0
    for app in page:
        old = bytes(app.sealed_secret)
        try:
            # Opened even when it is current: a damaged one has to be reported.
            app.reseal()
        except SecretUnreadable:
            unreadable.append(app.pk)
            continue
        if crypto.is_sealed_with_newest_key(old):
            current += 1
        else:
            renewed.append((app.pk, old, bytes(app.sealed_secret)))
    done = durably(lambda using: _write(renewed, now, using)) if renewed else 0
    return Rotated(done=done, current=current, overtaken=len(renewed) - done, unreadable=tuple(unreadable))


def _write(renewed: list[tuple[int, bytes, bytes]], now: datetime, using: str) -> int:
    rows: Any = AuthenticatorApp.objects.using(using)
    done = 0
    for key, old, new in renewed:
        done += rows.filter(pk=key, sealed_secret=old).update(sealed_secret=new)
    if done:
        audit.append(
            EventKind.KEYS_ROTATED,
            Outcome.SUCCESS,
            now=now,
            origin=Origin(source=Source.COMMAND),
            using=using,
            changes={"secrets": [None, done], "key": [None, crypto.newest_key_id()]},
        )
    return done

"""Take all second factors from a user: the act itself, whoever decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drf_accessflow_mfa import audit, signals
from drf_accessflow_mfa.devices.registry import UserDevice, all_devices_of
from drf_accessflow_mfa.domain.events import EventKind, Outcome
from drf_accessflow_mfa.models import AttemptBudget, PendingReset, Verification
from drf_accessflow_mfa.services.flows import Editor

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsReset:
    """What a reset took away."""

    user: Any
    devices: Sequence[str]
    verifications: int


def take_all(
    user: Any, reason: str, editor: Editor, now: datetime, using: str, *, asked_by: Any = None
) -> FactorsReset:
    """Remove all devices of a user whose factors are locked, and what belongs to them, and log it."""
    devices = all_devices_of(user, using=using)
    device_ids = [device.id for device in devices]
    for device in devices:
        _remove(device, user, editor, now, using)
    ended = (
        Verification.objects.using(using)
        .filter(user_id=user.pk, revoked_at__isnull=True)
        .update(revoked_at=now)
    )
    clear_budget(user, using)
    PendingReset.objects.using(using).filter(subject_id=user.pk).delete()
    done = FactorsReset(user=user, devices=device_ids, verifications=ended)
    changes: dict[str, Any] = {"devices": [done.devices, []], "live_verifications": [ended, 0]}
    if asked_by is not None:
        changes["requested_by"] = [None, asked_by.get_username()]
    log_reset(EventKind.MFA_RESET, user, reason, editor, now, using, changes=changes)
    signals.send_after_commit(
        signals.mfa_reset, sender=AttemptBudget, using=using, user=user, actor=_actor(editor), reason=reason
    )
    return done


def _remove(device: UserDevice, user: Any, editor: Editor, now: datetime, using: str) -> None:
    if device.confirmed:
        audit.append(
            EventKind.DEVICE_REMOVED,
            Outcome.SUCCESS,
            now=now,
            origin=editor.origin,
            using=using,
            actor=_actor(editor),
            subject=user,
            reason="reset",
            device=device.id,
            method=device.method.value,
        )
    # Told to the receiver that watches for removals from elsewhere.
    device.row.accessflow_mfa_removal_is_logged = True
    device.row.delete(using=using)


def clear_budget(user: Any, using: str) -> None:
    """Forget all wrong codes."""
    AttemptBudget.objects.using(using).filter(pk=user.pk).update(
        codes_in_a_row=0, codes_recent=[], recovery_in_a_row=0, recovery_recent=[], lock_mailed_at=None
    )


def _actor(editor: Editor) -> Any:
    return None if editor.caller is None else editor.caller.user


def log_reset(
    kind: EventKind,
    user: Any,
    reason: str,
    editor: Editor,
    now: datetime,
    using: str,
    *,
    changes: dict[str, Any] | None = None,
) -> None:
    """Append the event of what an administrator did to a user's factors."""
    audit.append(
        kind,
        Outcome.SUCCESS,
        now=now,
        origin=editor.origin,
        using=using,
        actor=_actor(editor),
        subject=user,
        reason=reason[:LONGEST_REASON],
        credential="" if editor.caller is None else editor.caller.credential,
        changes=changes or {},
    )

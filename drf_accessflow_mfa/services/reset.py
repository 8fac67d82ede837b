"""Reset somebody's second factor: for those who have lost it.

All their devices go, what these verified ends, and they enroll anew. Nobody
is given a code, a secret or a verification by it.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.budget import LockReason
from drf_accessflow_mfa.domain.errors import (
    FactorsDisabled,
    ResetForbidden,
    ResetNotFound,
    ResetPending,
    UserNotFound,
)
from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.domain.reset import ResetRefusal, Standing, find_reset_refusal
from drf_accessflow_mfa.models import PendingReset
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.attempts import Factor, find_lock_of, lock_factors
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.factor_removal import FactorsReset, clear_budget, log_reset, take_all
from drf_accessflow_mfa.services.flows import Editor, demand_fresh

PERMISSION = "drf_accessflow_mfa.reset_mfa"


def find_user(key: str) -> Any:
    """Return a user by the canonical text of their primary key. Raises ``UserNotFound``."""
    model = get_user_model()
    try:
        user = model._default_manager.using(write_alias()).get(pk=key)
    except (model.DoesNotExist, ValueError, OverflowError, ValidationError) as error:
        raise UserNotFound from error
    if str(user.pk) != key:
        raise UserNotFound
    return user


def may_reset(editor: Editor) -> None:
    """Raise ``ResetForbidden`` for somebody who may reset nobody: they learn not even who exists."""
    if editor.caller is not None and not editor.caller.user.has_perm(PERMISSION):
        raise ResetForbidden(ResetRefusal.NOT_PERMITTED)


def reset_factors(
    user: Any, *, reason: str, editor: Editor, now: datetime | None = None
) -> FactorsReset | PendingReset:
    """Reset a user's second factor; or ask for it, where a second administrator has to confirm.

    A person needs the permission and a fresh verification of their own;
    whoever runs commands on the server is asked for neither. Raises
    ``ResetForbidden``, ``ResetPending`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> FactorsReset | PendingReset:
        lock_factors(user, using=using)
        _allow(user, editor, now=moment)
        if editor.caller is not None and mfa_settings.reset_needs_second_admin:
            return _ask_for(user, reason, editor, moment, using)
        return take_all(user, reason, editor, moment, using)

    return durably(work)


def confirm_reset(reset_id: int, *, editor: Editor, now: datetime | None = None) -> FactorsReset:
    """Reset what another administrator asked for.

    Raises ``ResetNotFound``, ``ResetForbidden`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()
    may_reset(editor)
    subject = _subject_of(reset_id, moment)

    def work(using: str) -> FactorsReset:
        lock_factors(subject, using=using)
        pending = _find_pending(reset_id, moment, using)
        _allow(pending.subject, editor, asked_by=pending.requested_by_id, now=moment)
        return take_all(pending.subject, pending.reason, editor, moment, using, asked_by=pending.requested_by)

    return durably(work)


def cancel_reset(reset_id: int, *, editor: Editor, now: datetime | None = None) -> None:
    """Take back what an administrator asked for; any of them may.

    Raises ``ResetNotFound`` and ``ResetForbidden``.
    """
    moment = now or timezone.now()
    may_reset(editor)
    subject = _subject_of(reset_id, moment)

    def work(using: str) -> None:
        lock_factors(subject, using=using)
        pending = _find_pending(reset_id, moment, using)
        pending.delete(using=using)
        log_reset(EventKind.MFA_RESET_CANCELED, pending.subject, pending.reason, editor, moment, using)

    durably(work)


def pending_resets(*, now: datetime | None = None) -> Any:
    """Return the resets that await a second administrator, oldest first."""
    rows = PendingReset.objects.using(write_alias()).select_related("subject", "requested_by")
    return rows.filter(expires_at__gt=now or timezone.now())


def unlock_factors(user: Any, *, reason: str, editor: Editor, now: datetime | None = None) -> None:
    """Forget a user's wrong codes, so that they can verify at once; their devices stay.

    Not after so many in a row that codes are disabled: those devices have to
    be replaced (NIST SP 800-63B-4, 3.2.2), that is reset. Raises
    ``FactorsDisabled`` then, and what ``reset_factors`` raises.
    """
    moment = now or timezone.now()

    def work(using: str) -> None:
        lock_factors(user, using=using)
        _allow(user, editor, now=moment)
        for factor in Factor:
            lock = find_lock_of(user, factor, now=moment, using=using)
            if lock is not None and lock.reason is LockReason.DISABLED:
                raise FactorsDisabled
        clear_budget(user, using)
        log_reset(EventKind.MFA_UNLOCKED, user, reason, editor, moment, using)

    durably(work)


def _allow(user: Any, editor: Editor, *, asked_by: Any = None, now: datetime) -> None:
    if editor.caller is None:
        return
    administrator = editor.caller.user
    refusal = find_reset_refusal(
        Standing(
            has_permission=administrator.has_perm(PERMISSION),
            is_oneself=administrator.pk == user.pk,
            is_superuser=bool(getattr(administrator, "is_superuser", False)),
            subject_is_superuser=bool(getattr(user, "is_superuser", False)),
            asked_for_it=asked_by is not None and administrator.pk == asked_by,
        )
    )
    if refusal is not None:
        raise ResetForbidden(refusal)
    demand_fresh(editor, now=now)


def _ask_for(user: Any, reason: str, editor: Editor, now: datetime, using: str) -> PendingReset:
    waiting = PendingReset.objects.using(using).filter(subject_id=user.pk)
    waiting.filter(expires_at__lte=now).delete()
    if waiting.exists() or editor.caller is None:
        raise ResetPending
    pending = PendingReset.objects.using(using).create(
        subject=user,
        requested_by=editor.caller.user,
        reason=reason,
        requested_at=now,
        expires_at=now + mfa_settings.reset_ttl,
    )
    log_reset(EventKind.MFA_RESET_REQUESTED, user, reason, editor, now, using)
    return pending


def _subject_of(reset_id: int, now: datetime) -> Any:
    return _find_pending(reset_id, now, write_alias()).subject


def _find_pending(reset_id: int, now: datetime, using: str) -> PendingReset:
    rows = PendingReset.objects.using(using).select_related("subject", "requested_by")
    pending = rows.filter(pk=reset_id, expires_at__gt=now).first()
    if pending is None:
        raise ResetNotFound
    return pending

"""Tell users by e-mail what happened to their second factor.

The mails are receivers of our signals: sent after the commit, so that they
tell only what is true, and a mail server that fails is logged by Django and
neither stops nor reverses anything. None holds a code, a secret or a name
that somebody chose for a device.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import Q
from django.dispatch import Signal
from django.template.loader import render_to_string
from django.utils import timezone, translation

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.models import AttemptBudget
from drf_accessflow_mfa.models.database import write_alias

LOCK_MAIL_EVERY = timedelta(hours=1)
"""At most one mail about a lock in this time, however many guesses are refused."""

_MAILS: dict[str, Signal] = {
    "device_enrolled": signals.device_enrolled,
    "device_removed": signals.device_removed,
    "mfa_reset": signals.mfa_reset,
    "recovery_code_used": signals.recovery_code_used,
}
logger = logging.getLogger("drf_accessflow_mfa.mail")


def connect() -> None:
    """Send mails for what the signals tell."""
    for name, signal in _MAILS.items():
        signal.connect(_receiver_of(name), weak=False, dispatch_uid=f"accessflow_mfa_mail_{name}")
    signals.mfa_locked.connect(_on_locked, dispatch_uid="accessflow_mfa_mail_locked")


def send_mail(name: str, user: Any, *, now: datetime | None = None) -> None:
    """Render the templates ``email/<name>.txt`` and ``<name>_subject.txt`` and send them to a user.

    Does nothing where the setting says so, for somebody without an address,
    and for an account that is gone by now.
    """
    address = _address_of(user) if mfa_settings.email else ""
    if not address:
        return
    facts = {
        "user": user,
        "username": user.get_username(),
        "issuer": mfa_settings.issuer,
        "when": (now or timezone.now()).astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
    }
    # Whoever caused the mail may speak another language than who gets it.
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"drf_accessflow_mfa/email/{name}_subject.txt", facts)
        body = render_to_string(f"drf_accessflow_mfa/email/{name}.txt", facts)
    EmailMessage(" ".join(subject.split()), body, to=[address]).send()
    logger.info("mail=%s user=%s", name, user.pk)


def _receiver_of(name: str) -> Any:
    def send(*, user: Any, **kwargs: Any) -> None:
        send_mail(name, user)

    return send


def _on_locked(*, user: Any, **kwargs: Any) -> None:
    now = timezone.now()
    if mfa_settings.email and _claim_lock_mail(user, now=now):
        send_mail("mfa_locked", user, now=now)


def _claim_lock_mail(user: Any, *, now: datetime) -> bool:
    """Tell whether this is the refusal to write about: one statement decides it for all processes."""
    rows = AttemptBudget.objects.using(write_alias()).filter(pk=user.pk)
    is_due = Q(lock_mailed_at__isnull=True) | Q(lock_mailed_at__lte=now - LOCK_MAIL_EVERY)
    # So far in the future only when the clock was wrong.
    is_wrong = Q(lock_mailed_at__gt=now + LOCK_MAIL_EVERY)
    return bool(rows.filter(is_due | is_wrong).update(lock_mailed_at=now))


def _address_of(user: Any) -> str:
    """Return the address as it is now: the acting process may have read the user long ago."""
    model = get_user_model()
    field = model.get_email_field_name()
    if not any(column.name == field for column in model._meta.get_fields()):
        return ""
    rows = model._default_manager.using(write_alias()).filter(pk=user.pk)
    return rows.values_list(field, flat=True).first() or ""

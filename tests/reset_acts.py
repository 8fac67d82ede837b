"""Rotations and resets, called in processes of their own on each kind of database."""

import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.db.utils import DatabaseError
from django.utils import timezone

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.errors import AccessFlowMFAError, SecretUnreadable
from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp, PendingReset
from drf_accessflow_mfa.services import reset, rotate
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
from tests import people

APPS = 300
PERIOD = 30


def under(keys):
    """Configure the keys, newest first."""
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = keys
    mfa_settings.forget()


def equip(keys):
    """Make users with an authenticator app each."""
    under(keys)
    users = User.objects.bulk_create(User(username=f"user{number}", password="!") for number in range(APPS))
    apps = [
        AuthenticatorApp(user=user, name="phone", confirmed=True, created_at=timezone.now()) for user in users
    ]
    for app in apps:
        app.seal_secret(secrets.token_bytes(20))
    AuthenticatorApp.objects.bulk_create(apps)
    return len(apps)


def use_for(keys, seconds):
    """Verify with one app after the other, and return the app and the step of each success."""
    under(keys)
    stop_at, spent = time.monotonic() + seconds, []
    apps = list(AuthenticatorApp.objects.select_related("user").order_by("?"))
    for app in apps:
        if time.monotonic() > stop_at:
            break
        someone = people.Person(user=app.user, app=app, totp=app.totp())
        now = timezone.now()
        if isinstance(verify(someone.caller(), someone.code(now=now), origin=people.ORIGIN), Verified):
            spent.append([app.pk, int(now.timestamp()) // PERIOD])
    return spent


def rotate_all(keys):
    """Rotate, and return done, current, overtaken and unreadable."""
    under(keys)
    batches = list(rotate.rotate_secrets(batch=20))
    return [
        sum(batch.done for batch in batches),
        sum(batch.current for batch in batches),
        sum(batch.overtaken for batch in batches),
        sum(len(batch.unreadable) for batch in batches),
    ]


def count_readable(keys):
    """Return how many secrets can be read, and the newest step that each used app has spent."""
    under(keys)
    readable = 0
    for app in AuthenticatorApp.objects.all():
        try:
            app.totp()
        except SecretUnreadable:
            continue
        readable += 1
    return [readable, list(AuthenticatorApp.objects.filter(last_step__gt=0).values_list("pk", "last_step"))]


def ask_for_reset():
    """Let one administrator ask for a reset, and return its id."""
    rita = people.enrolled("rita")
    for name in ("ada", "bob", "cyd"):
        people.enrolled(name).user.user_permissions.add(Permission.objects.get(codename="reset_mfa"))
    pending = PendingReset.objects.create(
        subject=rita.user,
        requested_by=User.objects.get(username="ada"),
        reason="lost",
        requested_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return pending.pk


def confirm(username, reset_id):
    """Confirm it as another administrator, and return whether that worked."""
    app = AuthenticatorApp.objects.select_related("user").get(user__username=username)
    someone = people.Person(user=app.user, app=app, totp=app.totp())
    verify(someone.caller(), someone.code(), origin=people.ORIGIN)
    try:
        reset.confirm_reset(reset_id, editor=Editor(caller=someone.caller(), origin=people.ORIGIN))
    except (AccessFlowMFAError, DatabaseError) as error:
        return type(error).__name__
    return "reset"


def count_resets():
    """Return how many resets the log has."""
    return AuditEvent.objects.filter(kind="mfa.reset").count()

"""People with passwords and authenticators, and the clients they use: one process, no server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from drf_accessflow_mfa.credentials.caller import Credential, caller_from
from drf_accessflow_mfa.devices import recovery_codes
from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.models import AccessFlow, AttemptBudget, AuditEvent, AuthenticatorApp

NOON = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)
"""Five seconds into a time step."""
STEP = timedelta(seconds=30)
PASSWORD = "correct horse battery"
ORIGIN = Origin(source=Source.API, ip="192.0.2.1", user_agent="a test")
API = "/api/mfa/"


@dataclass
class Person:
    """A user, and the authenticator in their hand."""

    user: Any
    app: Any = None
    totp: Any = field(default=None, repr=False)

    @property
    def device(self):
        """The id of their authenticator app."""
        return id_of(self.app)

    def code(self, *, steps=0, now=None):
        """The code that their authenticator shows now, or so many steps later."""
        return self.totp.at((now or timezone.now()) + steps * STEP)

    def wrong_code(self):
        """A code that no step near now stands for."""
        near = {self.code(steps=offset) for offset in range(-5, 6)}
        return next(code for code in ("000000", "111111", "222222") if code not in near)

    def caller(self, identity="their token"):
        """Them, through one credential."""
        credential = Credential(kind="token", scheme="Token", identity=identity, user_key=self.user.pk)
        return caller_from(self.user, credential)

    def recovery_codes(self):
        """A new set of recovery codes."""
        return recovery_codes.replace_set(self.user.pk, now=timezone.now(), using="default")

    def budget(self):
        """Wrong codes in a row, and of the day."""
        row = AttemptBudget.objects.filter(user=self.user).first()
        return (0, 0) if row is None else (row.codes_in_a_row, len(row.codes_recent))

    def recovery_budget(self):
        """Wrong recovery codes in a row, and of the day."""
        row = AttemptBudget.objects.filter(user=self.user).first()
        return (0, 0) if row is None else (row.recovery_in_a_row, len(row.recovery_recent))

    def events(self, kind=None):
        """The kinds and reasons of the events about them, oldest first."""
        events = AuditEvent.objects.filter(subject=self.user).order_by("id")
        return [(event.kind, event.reason) for event in events if kind is None or event.kind == kind]


def person(username="rita", **fields):
    """A user with a password and nothing else; not the first, so that a forgotten key finds another."""
    if not User.objects.exists():
        bystander = User.objects.create(username="aaron")
        AttemptBudget.objects.create(user=bystander)
    return Person(user=User.objects.create_user(username, password=PASSWORD, **fields))


def enrolled(username="rita", **fields):
    """A user with one confirmed authenticator app, of which no code was used yet."""
    return with_app(person(username, **fields))


def with_app(someone, *, confirmed=True, name="phone"):
    """The same person with another app in hand."""
    app = AuthenticatorApp(user=someone.user, name=name, confirmed=confirmed, created_at=timezone.now())
    app.seal_secret(pyotp.random_base32().encode()[:20])
    app.save()
    return Person(user=someone.user, app=app, totp=app.totp())


def may(someone, *codenames):
    """Give the person permissions on the package's models."""
    someone.user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    someone.user = User.objects.get(pk=someone.user.pk)
    return someone


def flow(slug="refunds", **fields):
    """A flagged flow."""
    return AccessFlow.objects.create(**{"slug": slug, "name": slug, "require_mfa": True, **fields})


def stranger(**options):
    """A client without any credential."""
    return APIClient(**options)


def by_session(someone, **options):
    """A browser that is logged in."""
    client = APIClient(**options)
    client.force_login(someone.user)
    return client


def by_token(someone, **options):
    """A client that holds the user's token."""
    client = APIClient(**options)
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=someone.user)[0].key}")
    return client


def by_basic(someone, **options):
    """A client that sends the password each time."""
    import base64

    client = APIClient(**options)
    pair = base64.b64encode(f"{someone.user.username}:{PASSWORD}".encode()).decode()
    client.credentials(HTTP_AUTHORIZATION=f"Basic {pair}")
    return client


BY = {"session": by_session, "token": by_token, "basic": by_basic}


def post_code(client, code, **fields):
    """Ask the API to verify a code."""
    return client.post(API + "verifications/", {"code": code, **fields}, format="json")


def verified(client, someone, **fields):
    """Verify, and make sure that it worked."""
    answer = post_code(client, someone.code(), **fields)
    assert answer.status_code == 201, answer.content
    return answer.json()

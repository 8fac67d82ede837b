"""The people who act in the measurements, and the clients that they hold."""

from dataclasses import dataclass, field
from typing import Any

import pyotp
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from benchmarks.growth import spread
from drf_accessflow_mfa.models import AccessFlow, AttemptBudget, AuthenticatorApp

HOST = "127.0.0.1"
VIEWS_ALL = ("view_auditevent", "view_accessrequest")


@dataclass(kw_only=True)
class Person:
    """A user, their authenticator, and a client that sends their token."""

    user: Any
    client: Client
    totp: pyotp.TOTP | None = field(default=None, repr=False)

    def code(self) -> str:
        """Return what their authenticator shows now."""
        if self.totp is None:
            raise LookupError(f"{self.user} has no authenticator.")
        return self.totp.at(timezone.now())

    def verify(self) -> Any:
        """Verify, and return the answer."""
        return self.client.post(
            "/api/mfa/verifications/", {"code": self.code()}, content_type="application/json"
        )


@dataclass(kw_only=True)
class People:
    """Who acts, by what they are there for."""

    named: dict[str, Person] = field(default_factory=dict)
    browser: Client = field(default_factory=lambda: Client(SERVER_NAME=HOST))
    """In which the user with the long history is logged in."""
    verifiers: list[Person] = field(default_factory=list)
    """Each verifies once in a time step."""

    def settle_in(self, *, verifiers: int) -> None:
        """Create everybody in the database in use, whose made rows are there already."""
        long = User.objects.get(pk=spread.LONG_HISTORY)
        self.named = {
            "long": _enrolled(long),
            "verified": _enrolled(_user("verified")),
            "unverified": _enrolled(_user("unverified")),
            "newcomer": _with_client(_user("newcomer")),
            "viewer": _with_client(_viewer()),
            "approver": _with_client(_approver()),
        }
        for name in ("long", "verified"):
            if self.named[name].verify().status_code != 201:
                raise RuntimeError(f"{name} could not verify.")
        self.browser.force_login(long)
        self.verifiers = [_enrolled(_user(f"verifier-{number}")) for number in range(verifiers)]


def _user(name: str) -> User:
    return User.objects.create(username=name, password="!")


def _viewer() -> User:
    user = _user("viewer")
    user.user_permissions.set(Permission.objects.filter(codename__in=VIEWS_ALL))
    return user


def _approver() -> User:
    user, group = _user("approver"), Group.objects.create(name="approvers")
    user.groups.add(group)
    for flow in AccessFlow.objects.order_by("pk")[: spread.APPROVED_FLOWS]:
        flow.approvers.add(group)
    return user


def _with_client(user: User) -> Person:
    token = Token.objects.create(user=user)
    client = Client(SERVER_NAME=HOST, HTTP_AUTHORIZATION=f"Token {token.key}")
    return Person(user=user, client=client)


def _enrolled(user: User) -> Person:
    person, now = _with_client(user), timezone.now()
    app = AuthenticatorApp(user=user, name="phone", confirmed=True, created_at=now, confirmed_at=now)
    app.seal_secret(pyotp.random_base32().encode()[:20])
    app.save()
    AttemptBudget.objects.create(user=user)
    person.totp = app.totp()
    return person

"""Make everybody, and tell the clients; runs in a process with Django."""

from datetime import timedelta
from pathlib import Path

import pyotp
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.authtoken.models import Token

from benchmarks.load.world import SHORT, SHORT_MAX_AGE_SECONDS, Member, Seat, World
from drf_accessflow_mfa.models import AccessFlow, AuthenticatorApp

STRANGERS = 10


def seed(path: Path, *, seats: int, members: int) -> None:
    """Create flows, users, tokens and authenticators in the migrated database."""
    age = timedelta(seconds=SHORT_MAX_AGE_SECONDS)
    AccessFlow.objects.create(slug=SHORT, name=SHORT, require_mfa=True, mfa_max_age=age)
    found = []
    for seat in range(seats):
        flow = f"volatile-{seat}"
        AccessFlow.objects.create(slug=flow, name=flow, require_mfa=False)
        admin = _member(f"admin-{seat}", is_superuser=True)
        people = tuple(_member(f"member-{seat}-{number}") for number in range(members))
        found.append(Seat(flow=flow, admin=admin, members=people))
    strangers = tuple(_member(f"stranger-{number}") for number in range(STRANGERS))
    World(seats=tuple(found), strangers=strangers).write(path)


def _member(name: str, *, is_superuser: bool = False) -> Member:
    now = timezone.now()
    user = User.objects.create(username=name, password="!", is_superuser=is_superuser)
    app = AuthenticatorApp(user=user, name="phone", confirmed=True, created_at=now, confirmed_at=now)
    app.seal_secret(pyotp.random_base32().encode()[:20])
    app.save()
    return Member(name=name, token=Token.objects.create(user=user).key, secret=app.totp().secret)

"""People with second factors of every kind, put straight into a server's database.

Each is a user of their own, whose attempt budget has no row yet.
"""

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp

ROOT = Path(__file__).resolve().parents[2]
DEVICE_KINDS = ("app", "recovery_code", "stock_totp", "stock_static", "email")
ADMINISTRATOR = "administrator"
ADMINISTRATORS = {
    kind: ADMINISTRATOR if kind == "app" else f"{ADMINISTRATOR}_{kind}" for kind in DEVICE_KINDS
}
"""Superusers, by what they have: an authenticator app, or a device of another kind."""
KINDS = (*DEVICE_KINDS, "newcomer", *ADMINISTRATORS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user with a DRF token and, unless a newcomer, one device."""

    username: str
    kind: str
    token: str
    secret: str
    """What the device holds: a secret in base 32, or the one code itself."""
    device: str

    def code_at(self, moment: datetime) -> str:
        """Return a code that the device accepts at the moment."""
        return pyotp.TOTP(self.secret).at(moment) if self._is_timed else self.secret

    def wrong_codes(self, count: int, *, now: datetime) -> list[str]:
        """Return codes in the device's form that it accepts neither now nor near now."""
        kind = device_kind_of(self.kind)
        if kind in {"recovery_code", "stock_static"}:
            # With a letter: eight digits could be a code of an app, which has a budget of its own.
            length = 23 if kind == "recovery_code" else 7
            return ["A" + secrets.token_hex(12).upper()[:length] for _ in range(count)]
        near = {self.code_at(now + timedelta(seconds=30 * steps)) for steps in range(-3, 4)}
        return [code for number in range(count + 10) if (code := f"{number:06}") not in near][:count]

    @property
    def _is_timed(self) -> bool:
        return device_kind_of(self.kind) in {"app", "stock_totp"}


def device_kind_of(kind: str) -> str:
    """Return what device people of a kind have."""
    return next((device for device, administrator in ADMINISTRATORS.items() if administrator == kind), kind)


def gather(counts: Mapping[str, int], environment: Mapping[str, str]) -> dict[str, list[Person]]:
    """Make so many people of each kind in the database of an environment."""
    command = [
        sys.executable,
        "-m",
        "tests.support.calling",
        "tests.support.crowd.make",
        json.dumps([counts]),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), check=True, capture_output=True, text=True
    )
    people: dict[str, list[Person]] = {kind: [] for kind in KINDS}
    for fields in json.loads(done.stdout):
        people[fields["kind"]].append(Person(**fields))
    return people


def make(counts: Mapping[str, int]) -> list[dict[str, str]]:
    """Make the people; runs in the environment of the database."""
    from django.db import transaction

    with transaction.atomic():
        return [asdict(_make(kind, number)) for kind, count in counts.items() for number in range(count)]


def _make(kind: str, number: int) -> Person:
    from django.contrib.auth.models import User
    from rest_framework.authtoken.models import Token

    from drf_accessflow_mfa.devices.registry import id_of
    from tests.support.clients import PASSWORD

    name, is_admin = f"{kind}-{number}", kind.startswith(ADMINISTRATOR)
    user = User.objects.create_user(name, password=PASSWORD, is_superuser=is_admin, is_staff=is_admin)
    device, secret = (None, "") if kind == "newcomer" else _equip(user, device_kind_of(kind))
    token = Token.objects.create(user=user).key
    device_id = "" if device is None else id_of(device)
    return Person(username=name, kind=kind, token=token, secret=secret, device=device_id)


def _equip(user: Any, kind: str) -> tuple[Any, str]:
    from django.utils import timezone
    from django_otp.plugins.otp_email.models import EmailDevice
    from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from drf_accessflow_mfa.devices import recovery_codes
    from drf_accessflow_mfa.models import AuthenticatorApp, RecoveryCodes

    key, now = secrets.token_bytes(20), timezone.now()
    if kind == "recovery_code":
        codes = recovery_codes.replace_set(user.pk, now=now, using="default")
        return RecoveryCodes.objects.get(user=user), codes[0]
    if kind == "stock_static":
        static = StaticDevice.objects.create(user=user, name="static")
        return static, static.token_set.create(token=StaticToken.random_token()).token
    if kind == "email":
        token, until = f"{secrets.randbelow(10**6):06}", now + timedelta(days=1)
        return EmailDevice.objects.create(user=user, name="mail", token=token, valid_until=until), token
    if kind == "stock_totp":
        return TOTPDevice.objects.create(user=user, name="stock", key=key.hex()), _base32(key)
    app = AuthenticatorApp(user=user, name="phone", confirmed=True, created_at=now)
    app.seal_secret(key)
    app.save()
    return app, _base32(key)


def _base32(key: bytes) -> str:
    return base64.b32encode(key).decode()

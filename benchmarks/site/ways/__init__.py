"""Every way to verify a code that is measured, and beside them one plain insert; one module a package."""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings

MODULES = ("django_otp", "ours", "allauth", "drf_totp", "insert")
SECRET = b"12345678901234567890"
"""All authenticators of a run share it, so that whoever sends codes needs to compute one a time step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One endpoint that verifies a code, or does as much as the database must."""

    key: str
    label: str
    path: str
    field: str
    """The name of the code in the body."""
    middleware: tuple[str, ...]
    session_only: bool
    """Whether it works with no other credential than Django's session."""
    enroll: Any
    """Gives each of the users an authenticator with ``SECRET``, and returns what else stands in each body."""


def ways() -> list[Way]:
    """Return what this environment and the credential at hand allow to measure."""
    found = [_way_of(import_module(f"{__name__}.{name}")) for name in MODULES if name not in settings.WITHOUT]
    return [way for way in found if settings.CREDENTIAL == "session" or not way.session_only]


def find_way(key: str) -> Way:
    """Return the way of this name."""
    return _way_of(import_module(f"{__name__}.{key}"))


def _way_of(module: ModuleType) -> Way:
    way: Way = module.WAY
    return way

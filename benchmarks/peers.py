"""The packages beside which this one is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One package, and what of it a project lists in ``INSTALLED_APPS``."""

    package: str
    apps: tuple[str, ...]


PEERS = {
    "two_factor": Peer(package="django-two-factor-auth", apps=("two_factor",)),
    "allauth": Peer(
        package="django-allauth",
        apps=("allauth", "allauth.account", "allauth.mfa", "allauth.headless"),
    ),
    "django_mfa": Peer(package="django-mfa", apps=("django_mfa",)),
    "drf_totp": Peer(package="drf-totp", apps=("drf_totp",)),
    "scoped_access": Peer(package="django-scoped-access", apps=("scoped_access",)),
    "waffle": Peer(package="django-waffle", apps=("waffle",)),
    "guardian": Peer(package="django-guardian", apps=("guardian",)),
}
"""By the name of the module. django-otp is not among them: this package needs it, so it is always there."""

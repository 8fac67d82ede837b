"""django-allauth: reauthentication with a code, through its JSON API."""

import base64
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt

from benchmarks.site.ways import SECRET, Way


def enroll(users: list[Any]) -> list[dict[str, str]]:
    """Give each user a TOTP authenticator."""
    kept = {"secret": encrypt(base64.b32encode(SECRET).decode())}
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data=kept) for user in users
    )
    return [{} for _ in users]


WAY = Way(
    key="allauth",
    label="allauth: `2fa/reauthenticate`",
    path="/_allauth/browser/v1/auth/2fa/reauthenticate",
    field="code",
    middleware=("allauth.account.middleware.AccountMiddleware",),
    session_only=True,
    enroll=enroll,
)

"""drf-totp: ``validate/``."""

import base64
from typing import Any

from drf_totp.models import TOTPAuth

from benchmarks.site.ways import SECRET, Way


def enroll(users: list[Any]) -> list[dict[str, str]]:
    """Give each user a confirmed secret."""
    secret = base64.b32encode(SECRET).decode()
    TOTPAuth.objects.bulk_create(
        TOTPAuth(user=user, otp_enabled=True, otp_verified=True, otp_base32=secret) for user in users
    )
    return [{} for _ in users]


WAY = Way(
    key="drf_totp",
    label="drf-totp: `validate/`",
    path="/totp/otp/validate/",
    field="token",
    middleware=(),
    session_only=True,
    enroll=enroll,
)

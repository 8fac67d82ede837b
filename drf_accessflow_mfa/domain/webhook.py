"""Webhooks: what may be sent, how it is signed and checked, and when it is tried again.

A receiver in Python may copy ``is_genuine_webhook`` and what it uses.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from drf_accessflow_mfa.domain.events import EventKind

SIGNATURE_HEADER = "AccessFlow-Signature"
TOLERANCE = timedelta(minutes=5)
MOST_ATTEMPTS = 15
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
SHORTEST_SECRET = 32
LONGEST_URL = 500
ANY_KIND = "*"
WEBHOOK_KINDS = frozenset(
    kind
    for kind in EventKind
    if kind.startswith("request.")
    or kind in {EventKind.MFA_VERIFIED, EventKind.MFA_FAILED, EventKind.MFA_LOCKED}
)
"""The kinds of events that can be sent."""

_LONGEST_TIMESTAMP = 12
_FIELDS = {"url", "secrets", "events"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Who is told about which kinds of events; the secrets are newest first."""

    url: str
    secrets: tuple[str, ...] = field(repr=False)
    kinds: frozenset[EventKind]

    @property
    def is_private(self) -> bool:
        """Tell whether nobody on the way can read it: HTTPS, or this very machine."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" or parts.hostname in _LOOPBACK


def endpoint_of(entry: Any) -> WebhookEndpoint:
    """Return the endpoint that an entry of the settings describes.

    Raises ``ValueError``, whose text never shows a secret.
    """
    if not isinstance(entry, Mapping) or set(entry) != _FIELDS:
        raise ValueError("an entry must have url, secrets and events, and nothing else")
    url, secrets, kinds = entry["url"], entry["secrets"], entry["events"]
    if not isinstance(url, str) or not _is_web_address(url):
        raise ValueError("a url must be an http or https address without a password")
    if not _are_texts(secrets) or any(len(secret) < SHORTEST_SECRET for secret in secrets):
        raise ValueError(f"secrets must be a list of strings of {SHORTEST_SECRET} characters or more")
    if not _are_texts(kinds) or not set(kinds) <= {ANY_KIND, *WEBHOOK_KINDS}:
        raise ValueError(f"events must be a list of kinds or {ANY_KIND!r}")
    chosen = WEBHOOK_KINDS if ANY_KIND in kinds else {EventKind(kind) for kind in kinds}
    return WebhookEndpoint(url=url, secrets=tuple(secrets), kinds=frozenset(chosen))


def sign_webhook(body: bytes, *, secrets: Iterable[str], now: datetime) -> str:
    """Return the signature header of a body: its time, and one signature a secret."""
    at = str(int(now.timestamp()))
    return ",".join([f"t={at}", *(f"v1={_signature(body, secret, at)}" for secret in secrets)])


def is_genuine_webhook(
    header: str, body: bytes, *, secrets: Iterable[str], now: datetime, tolerance: timedelta = TOLERANCE
) -> bool:
    """Tell whether one of the secrets signed the body, at most ``tolerance`` before or after now.

    ``body`` is what came over the wire, before any parsing. A header that
    cannot be read is not genuine; no header raises.
    """
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in parts if name == "t"]
    if (
        len(times) != 1
        or not (times[0].isascii() and times[0].isdigit())
        or len(times[0]) > _LONGEST_TIMESTAMP
    ):
        return False
    # In seconds: a far time of 12 digits is no datetime.
    if abs(int(times[0]) - now.timestamp()) > tolerance.total_seconds():
        return False
    given = [value.encode() for name, value in parts if name == "v1"]
    expected = [_signature(body, secret, times[0]).encode() for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)


def find_next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """Return when a delivery is due again after so many failed attempts; ``None``: never."""
    if attempts >= MOST_ATTEMPTS:
        return None
    wait: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return now + min(wait, LONGEST_WAIT)


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    return is_plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _are_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(one, str) for one in value)


def _signature(body: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()

"""Where a request came from, for the audit log."""

import ipaddress
from typing import Any

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.events import Origin, Source

_USER_AGENT_LENGTH = 256


def remote_addr(http_request: Any) -> str | None:
    """Return the peer's address; forwarded headers are not trusted unasked."""
    address: str | None = http_request.META.get("REMOTE_ADDR")
    return address


def origin_of(http_request: Any, *, source: Source) -> Origin:
    """Return the origin of a Django or DRF request."""
    return Origin(
        source=source,
        ip=_valid_address(mfa_settings.client_ip(http_request)),
        user_agent=_printable(http_request.META.get("HTTP_USER_AGENT", "")),
    )


def _valid_address(value: str | None) -> str | None:
    # A proxy's header may hold anything; the log holds an address or nothing.
    # A scope as in fe80::1%eth0 is local to a machine, and PostgreSQL takes none.
    try:
        return str(ipaddress.ip_address((value or "").strip().partition("%")[0]))
    except ValueError:
        return None


def _printable(text: str) -> str:
    """Return the text on one line: control characters could forge log lines."""
    return "".join(char if char.isprintable() else "?" for char in text[:_USER_AGENT_LENGTH])

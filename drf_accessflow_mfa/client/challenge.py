"""The challenge as a client sees it, and whether it may be answered at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from drf_accessflow_mfa.client.header import parse_challenges
from drf_accessflow_mfa.domain.challenge import ERROR, RefusalCode

_CODES = {code.value: code for code in (RefusalCode.MFA_REQUIRED, RefusalCode.MFA_ENROLLMENT_REQUIRED)}
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a server asks for: the body of its 401, with absolute addresses."""

    code: RefusalCode
    detail: str
    flow: str
    """Empty where no flow but the MFA API itself asks."""
    max_age: timedelta | None
    acr_values: tuple[str, ...]
    methods: tuple[str, ...]
    verify_url: httpx.URL
    enroll_url: httpx.URL | None
    """``None`` when the server names none on its own origin."""
    refusals: int = 0
    """How many codes were refused already while this challenge was answered."""

    @property
    def needs_enrollment(self) -> bool:
        """Tell whether the user has no device that would do."""
        return self.code is RefusalCode.MFA_ENROLLMENT_REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """An authenticator app that was begun and waits for its first code."""

    challenge: Challenge
    device: str
    secret: str = field(repr=False)
    """Base 32, for apps that cannot read the QR code."""
    otpauth_uri: str = field(repr=False)
    qr_svg: str = field(repr=False)
    refusals: int = 0


def announces_step_up(response: httpx.Response) -> bool:
    """Tell whether the header of an answer is RFC 9470's challenge."""
    return response.status_code == httpx.codes.UNAUTHORIZED and any(
        challenge.parameters.get("error") == ERROR
        for line in response.headers.get_list("WWW-Authenticate")
        for challenge in parse_challenges(line)
    )


def find_challenge(called: httpx.URL, response: httpx.Response) -> Challenge | None:
    """Return the challenge in an answer that was read, or ``None``.

    ``called`` is the address that the caller asked for. A challenge counts
    only when it comes from the origin of that address, and sends the code
    there: whoever a request was redirected to must not get one.
    """
    answered = response.request.url
    if not announces_step_up(response) or not is_same_origin(called, answered):
        return None
    body = json_object(response)
    code = _CODES.get(str(body.get("code")))
    verify_url = _resolve(answered, body.get("verify_url"))
    if code is None or verify_url is None:
        return None
    return Challenge(
        code=code,
        detail=_text(body.get("detail")),
        flow=_text(body.get("flow")),
        max_age=_seconds(body.get("max_age")),
        acr_values=_texts(body.get("acr_values")),
        methods=_texts(body.get("methods")),
        verify_url=verify_url,
        enroll_url=_resolve(answered, body.get("enroll_url")),
    )


def is_same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Tell whether two addresses have one scheme, host and port (RFC 6454)."""
    return _origin_of(one) == _origin_of(other)


def json_object(response: httpx.Response) -> Mapping[str, Any]:
    """Return the JSON object in an answer that was read; empty when it holds none."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def retry_after_of(response: httpx.Response) -> timedelta | None:
    """Return how long the server asks to wait, from its body or its header."""
    header = response.headers.get("Retry-After", "")
    waited = json_object(response).get("retry_after")
    return _seconds(int(header) if waited is None and header.isdecimal() else waited)


def _origin_of(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host.lower(), url.port or _PORTS.get(url.scheme)


def _resolve(base: httpx.URL, address: object) -> httpx.URL | None:
    if not isinstance(address, str) or not address:
        return None
    try:
        url = base.join(address)
    except (httpx.InvalidURL, ValueError):
        return None
    return url if is_same_origin(base, url) and url.userinfo in (b"", base.userinfo) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()


def _seconds(value: object) -> timedelta | None:
    try:
        return timedelta(seconds=value) if isinstance(value, int) and value >= 0 else None
    except OverflowError:
        return None

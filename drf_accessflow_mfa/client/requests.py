"""The requests of a step-up: the one that carries the code, and the one that is sent again."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

import httpx

from drf_accessflow_mfa.client.challenge import Challenge
from drf_accessflow_mfa.client.errors import StepUpRejected

_NOT_CARRIED = frozenset({"accept", "expect", "range", "transfer-encoding", "x-method-override"})
_NOT_CARRIED_BEGINNINGS = ("content-", "idempotency-key", "if-", "x-http-method")
"""Headers that belong to one request alone; all others may be its credential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CSRFNames:
    """Where Django's CSRF token comes from, and where it goes."""

    cookie: str = "csrftoken"
    header: str = "X-CSRFToken"


class OneHopBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is sent to one address: no redirect can make a client pass a code on."""

    def __init__(self, content: bytes, challenge: Challenge) -> None:
        self._content = content
        self._challenge = challenge
        self._is_armed = False

    def arm(self) -> None:
        """Let the body be sent once more."""
        self._is_armed = True

    def __iter__(self) -> Iterator[bytes]:
        yield self._spend()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._spend()

    def _spend(self) -> bytes:
        if not self._is_armed:
            raise StepUpRejected(self._challenge, 307, "", "It redirected the code.")
        self._is_armed = False
        return self._content


def post_beside(
    request: httpx.Request, url: httpx.URL, body: Mapping[str, str], *, challenge: Challenge, csrf: CSRFNames
) -> httpx.Request:
    """Return a POST with the credential of another request: its headers and cookies."""
    content = json.dumps(body).encode()
    carried = [
        (name, value)
        for name, value in request.headers.multi_items()
        if name not in _NOT_CARRIED and not name.startswith(_NOT_CARRIED_BEGINNINGS)
    ]
    headers = httpx.Headers(carried)
    headers["Accept"] = headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(content))
    _add_csrf(headers, url, csrf)
    extensions = {name: value for name, value in request.extensions.items() if name != "target"}
    stream = OneHopBody(content, challenge)
    return httpx.Request("POST", url, headers=headers, stream=stream, extensions=extensions)


def carry_cookies(request: httpx.Request, cookies: httpx.Cookies, csrf: CSRFNames) -> None:
    """Put cookies that were set meanwhile into a request that was made before.

    A verification changes the key of a session and its CSRF token; the client
    has the new ones in its jar, but this request still has the old ones.
    """
    probe = httpx.Request("GET", request.url)
    cookies.set_cookie_header(probe)
    fresh = _cookies_in(probe.headers)
    if not fresh:
        return
    request.headers["Cookie"] = "; ".join(
        f"{name}={value}" for name, value in {**_cookies_in(request.headers), **fresh}.items()
    )
    if csrf.cookie in fresh and csrf.header in request.headers:
        request.headers[csrf.header] = fresh[csrf.cookie]


def can_be_sent_again(request: httpx.Request) -> bool:
    """Tell whether the whole body of a request is in memory."""
    if isinstance(request.stream, httpx.ByteStream):
        return True
    fields = getattr(request.stream, "fields", None)
    # A multipart form; what its fields hold is a file unless it is text or bytes.
    return fields is not None and all(
        isinstance(getattr(field, "file", b""), (str, bytes)) for field in fields
    )


def _add_csrf(headers: httpx.Headers, url: httpx.URL, csrf: CSRFNames) -> None:
    token = _cookies_in(headers).get(csrf.cookie)
    if token is None:
        return
    headers.setdefault(csrf.header, token)
    # Over TLS Django wants to know the origin (django.middleware.csrf).
    if url.scheme == "https" and "Origin" not in headers:
        headers.setdefault("Referer", str(url))


def _cookies_in(headers: httpx.Headers) -> dict[str, str]:
    pairs = (pair.strip().partition("=") for pair in headers.get("Cookie", "").split(";"))
    return {name: value for name, separator, value in pairs if separator}

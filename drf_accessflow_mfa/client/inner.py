"""The auth that step-up is wrapped around, in any of the forms that httpx takes."""

from collections.abc import Callable, Generator

import httpx

InnerAuth = httpx.Auth | tuple[str | bytes, str | bytes] | Callable[[httpx.Request], httpx.Request] | None


class CallableAuth(httpx.Auth):
    """A function that puts a credential into a request."""

    def __init__(self, authenticate: Callable[[httpx.Request], httpx.Request]) -> None:
        self._authenticate = authenticate

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        yield self._authenticate(request)


class AddressAuth(httpx.Auth):
    """The user and password in the address, if it has them; else nothing: what httpx does unasked."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if request.url.userinfo:
            basic = httpx.BasicAuth(request.url.username, request.url.password)
            yield from basic.auth_flow(request)
        else:
            yield request


def as_auth(inner: InnerAuth) -> httpx.Auth:
    """Return the inner auth as an ``httpx.Auth``. Raises ``TypeError`` for anything else."""
    if inner is None:
        return AddressAuth()
    if isinstance(inner, httpx.Auth):
        return inner
    if isinstance(inner, tuple):
        user, password = inner
        return httpx.BasicAuth(user, password)
    if callable(inner):
        return CallableAuth(inner)
    raise TypeError(f"No auth that httpx knows: {inner!r}")

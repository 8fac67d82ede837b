"""Users of the running example, their authenticators, and clients with each kind of credential."""

from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pyotp

from drf_accessflow_mfa.client import StepUpAuth
from tests.support.clients import PASSWORD
from tests.support.servers import ExampleServer

STEP = timedelta(seconds=30)
VAULT = "/api/vault/production-database/"
VERIFICATIONS = "/api/mfa/verifications/"
DEVICES = "/api/mfa/devices/"
KINDS = ("session", "token", "basic")

CREATE = """
from django.contrib.auth.models import User
User.objects.bulk_create(User(username=f"member-{{n}}") for n in range({count}))
for user in User.objects.filter(username__startswith="member-"):
    user.set_password("{password}")
    user.save()
"""


def create_members(server: ExampleServer, count: int) -> None:
    """Create users member-0, member-1 and so on."""
    server.manage("shell", "-c", CREATE.format(count=count, password=PASSWORD))


@dataclass
class Member:
    """A user, and what they hold in their hands."""

    server: ExampleServer = field(repr=False)
    username: str
    opened: ExitStack = field(repr=False)
    secret: str = field(default="", repr=False)
    recovery_codes: list[str] = field(default_factory=list, repr=False)

    def enroll(self) -> "Member":
        """Set up an authenticator through the API, in a session of its own."""
        client = self.plain("session")
        begun = client.post(DEVICES, json={"name": "App"}, headers=csrf_of(client)).json()
        self.secret = begun["secret"]
        url = f"{DEVICES}{begun['id']}/confirmation/"
        confirmed = client.post(url, json={"code": self.code()}, headers=csrf_of(client))
        self.recovery_codes = confirmed.raise_for_status().json()["recovery_codes"]
        return self

    def code(self) -> str:
        """The code that the authenticator shows now; each is accepted once."""
        return pyotp.TOTP(self.secret).at(self.server.now())

    def next_code(self) -> str:
        """The code of the next time step."""
        self.server.pass_time(STEP)
        return self.code()

    def wrong_code(self) -> str:
        """A code that the authenticator shows neither now nor near now."""
        near = {pyotp.TOTP(self.secret).at(self.server.now() + steps * STEP) for steps in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222") if code not in near)

    def plain(self, kind: str) -> httpx.Client:
        """A client with a credential that answers no challenge."""
        client = self.opened.enter_context(httpx.Client(**self.options))
        return self._identified(client, kind, self._log_in(client, kind))

    def client(self, kind: str, **options: Any) -> httpx.Client:
        """A client that steps up with ``StepUpAuth(**options)``."""
        client = self.plain(kind)
        client.auth = StepUpAuth(self.inner(kind), **options)
        return client

    async def async_client(self, kind: str, opened: AsyncExitStack, **options: Any) -> httpx.AsyncClient:
        """The same, async."""
        client = await opened.enter_async_context(httpx.AsyncClient(**self.options))
        with httpx.Client(**self.options) as logging_in:
            token = self._log_in(logging_in, kind)
            client.cookies.update(logging_in.cookies)
        self._identified(client, kind, token)
        client.auth = StepUpAuth(self.inner(kind), **options)
        return client

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": self.server.base_url, "timeout": 30}

    @property
    def login(self) -> dict[str, str]:
        return {"username": self.username, "password": PASSWORD}

    def inner(self, kind: str) -> tuple[str, str] | None:
        """The inner auth: the password for Basic; the others are in the client already."""
        return (self.username, PASSWORD) if kind == "basic" else None

    def _log_in(self, client: httpx.Client, kind: str) -> str | None:
        if kind == "basic":
            return None
        return client.post(f"/api/auth/{kind}/", json=self.login).raise_for_status().json().get("token")

    def _identified(self, client: Any, kind: str, token: str | None) -> Any:
        if kind == "basic":
            client.auth = httpx.BasicAuth(*self.inner(kind))
        elif token:
            client.headers["Authorization"] = f"Token {token}"
        return client


def csrf_of(client: httpx.Client | httpx.AsyncClient) -> dict[str, str]:
    """The header that a session's client repeats its CSRF cookie in."""
    token = client.cookies.get("csrftoken")
    return {"X-CSRFToken": token} if token else {}


def giving(*codes: str | Callable[[], str]) -> Callable[[Any], str]:
    """A prompt that is answered with these, in order; its ``asked`` are what it was shown."""
    left = list(codes)

    def ask(shown: Any) -> str:
        ask.asked.append(shown)  # type: ignore[attr-defined]
        code = left.pop(0)
        return code() if callable(code) else code

    ask.asked = []  # type: ignore[attr-defined]
    return ask


def never(shown: Any) -> str:
    """A prompt that must not be shown."""
    raise AssertionError(f"asked: {shown}")

"""Real HTTP clients, one for each kind of credential."""

from contextlib import ExitStack
from typing import Any, Self

import httpx

PASSWORD = "accessflow-demo"


class Clients:
    """Logged-in clients of one server; every call is a client, and so a credential, of its own.

    A DRF token is one a user, so two token clients of a user share it.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._opened = ExitStack()

    def stranger(self) -> httpx.Client:
        """Return a client without any credential."""
        # Plain HTTP: unverified, it is spared the reading of all certificates.
        client = httpx.Client(base_url=self.base_url, timeout=30, verify=False)
        return self._opened.enter_context(client)

    def basic(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """Return a client that sends the password with each request."""
        client = self.stranger()
        client.auth = httpx.BasicAuth(username, password)
        return client

    def token(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """Return a client that has logged in for a DRF token."""
        client = self.stranger()
        answer = client.post("/api/auth/token/", json={"username": username, "password": password})
        client.headers["Authorization"] = f"Token {answer.raise_for_status().json()['token']}"
        return client

    def knox(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """Return a client that has logged in for a knox token."""
        login = {"username": username, "password": password}
        return self._bearing("Knox", "/api/auth/knox/login/", "token", json=login)

    def jwt(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """Return a client that has logged in for a JWT."""
        login = {"username": username, "password": password}
        return self._bearing("Bearer", "/api/auth/jwt/", "access", json=login)

    def oauth2(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """Return a client that has an OAuth2 access token, by the demonstration's password grant."""
        form = {"grant_type": "password", "client_id": "demo-client"}
        login = {**form, "username": username, "password": password}
        return self._bearing("Bearer", "/o/token/", "access_token", data=login)

    def _bearing(self, scheme: str, url: str, name: str, **login: Any) -> httpx.Client:
        client = self.stranger()
        issued = client.post(url, **login).raise_for_status().json()[name]
        client.headers["Authorization"] = f"{scheme} {issued}"
        return client

    def session(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """Return a client that has logged in for a session and minds CSRF as a browser's script does."""
        client = self.stranger()

        def repeat_csrf_cookie(request: httpx.Request) -> None:
            if "csrftoken" in client.cookies:
                request.headers["X-CSRFToken"] = client.cookies["csrftoken"]

        client.event_hooks["request"].append(repeat_csrf_cookie)
        client.post(
            "/api/auth/session/", json={"username": username, "password": password}
        ).raise_for_status()
        return client

    def close(self) -> None:
        """Close every client that was handed out."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

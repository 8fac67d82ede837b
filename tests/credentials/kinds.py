"""One client for each kind of credential, logged in and out through the example's own endpoints."""

import base64
from urllib.parse import urlencode

from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from tests.people import PASSWORD


class Kind:
    """How one kind of credential is got, renewed and given back."""

    scheme: str
    is_shared = False
    """Whether two log-ins of one user are one credential."""

    def log_in(self, person, password=PASSWORD):
        """Return a client; its ``issued`` is what the log-in answered."""
        client = APIClient()
        client.issued = None
        self.obtain(client, {"username": person.user.username, "password": password})
        return client

    def obtain(self, client, login):
        raise NotImplementedError

    def log_out(self, client):
        raise NotImplementedError

    def bear(self, client, value):
        client.credentials(HTTP_AUTHORIZATION=f"{self.scheme} {value}")


def post(client, name, body, status=200):
    """POST to one of the example's endpoints and return its JSON."""
    answer = client.post(reverse(name), body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


class Session(Kind):
    scheme = "Session"

    def obtain(self, client, login):
        post(client, "session", login)

    def log_out(self, client):
        assert client.delete(reverse("session")).status_code == 204


class DRFToken(Kind):
    scheme = "Token"
    is_shared = True

    def obtain(self, client, login):
        self.bear(client, post(client, "token", login)["token"])

    def log_out(self, client):
        key = client._credentials["HTTP_AUTHORIZATION"].split()[1]
        Token.objects.get(key=key).delete()


class Basic(Kind):
    scheme = "Basic"
    is_shared = True

    def obtain(self, client, login):
        pair = f"{login['username']}:{login['password']}".encode()
        self.bear(client, base64.b64encode(pair).decode())


class Knox(Kind):
    scheme = "Knox"

    def obtain(self, client, login):
        client.issued = post(client, "knox-login", login)
        self.bear(client, client.issued["token"])

    def log_out(self, client):
        post(client, "knox-logout", None, status=204)


class JWT(Kind):
    scheme = "Bearer"

    def obtain(self, client, login):
        self.keep(client, post(client, "jwt", login))

    def refresh(self, client):
        self.keep(client, post(client, "jwt-refresh", {"refresh": client.issued["refresh"]}))

    def log_out(self, client):
        post(client, "jwt-blacklist", {"refresh": client.issued["refresh"]})

    def keep(self, client, issued):
        client.issued = {**(client.issued or {}), **issued}
        self.bear(client, client.issued["access"])


class OAuth2(Kind):
    scheme = "Bearer"
    client_id = "demo-client"

    def obtain(self, client, login):
        self.keep(client, self.token(grant_type="password", **login))

    def refresh(self, client):
        refresh_token = client.issued["refresh_token"]
        self.keep(client, self.token(grant_type="refresh_token", refresh_token=refresh_token))

    def log_out(self, client):
        self.revoke(client.issued["refresh_token"])

    def revoke(self, token):
        self.post_form("revoke-token", token=token)

    def token(self, status=200, **fields):
        return self.post_form("token", status, **fields).json()

    def post_form(self, name, status=200, **fields):
        answer = APIClient().post(
            reverse(f"oauth2_provider:{name}"),
            urlencode({"client_id": self.client_id, **fields}),
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == status, answer.content
        return answer

    def keep(self, client, issued):
        client.issued = issued
        self.bear(client, issued["access_token"])


KINDS = {
    "session": Session(),
    "token": DRFToken(),
    "basic": Basic(),
    "knox": Knox(),
    "jwt": JWT(),
    "oauth2": OAuth2(),
}

"""A user, and the credential that their requests carry."""

import base64
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

PASSWORD = "correct horse battery"
CSRF_TOKEN = "benchmark" * 3 + "12345"


class Account:
    """A new user who is authenticated by the credential that the settings name."""

    def __init__(self) -> None:
        self.user = User.objects.create_user(f"user-{secrets.token_hex(6)}", password=PASSWORD)
        self.client = Client()
        self.headers: dict[str, str] = {}
        _LOG_IN[settings.CREDENTIAL](self)

    def http_request(self) -> Any:
        """Return a request with the user and their session, as a log-in view has it."""
        request = HttpRequest()
        request.user = self.user
        request.session = self.client.session
        return request

    def environ(self, path: str) -> dict[str, Any]:
        """Return the WSGI environment of a GET with this account's credential."""
        factory = RequestFactory()
        factory.cookies = self.client.cookies
        if self.client.cookies:
            # Every browser has one after its first form, whatever guard it meets.
            factory.cookies[settings.CSRF_COOKIE_NAME] = CSRF_TOKEN
        request = factory.get(path, headers=self.headers)
        return {key: value for key, value in request.environ.items() if key != "wsgi.errors"}

    def bear(self, scheme: str, token: str) -> None:
        """Send a token with each request."""
        self.headers["Authorization"] = f"{scheme} {token}"


def _by_session(account: Account) -> None:
    account.client.force_login(account.user, backend="django.contrib.auth.backends.ModelBackend")


def _by_token(account: Account) -> None:
    from rest_framework.authtoken.models import Token

    account.bear("Token", Token.objects.create(user=account.user).key)


def _by_basic(account: Account) -> None:
    pair = f"{account.user.username}:{PASSWORD}".encode()
    account.bear("Basic", base64.b64encode(pair).decode())


def _by_knox(account: Account) -> None:
    from knox.models import AuthToken

    account.bear("Knox", AuthToken.objects.create(user=account.user)[1])


def _by_jwt(account: Account) -> None:
    from rest_framework_simplejwt.tokens import RefreshToken

    from drf_accessflow_mfa.credentials.simplejwt_login import with_family

    access = with_family(RefreshToken.for_user(account.user)).access_token
    access.set_exp(lifetime=timedelta(hours=1))
    account.bear("Bearer", str(access))


def _by_oauth2(account: Account) -> None:
    from oauth2_provider.models import AccessToken, Application, RefreshToken

    application = Application.objects.create(
        client_type=Application.CLIENT_PUBLIC,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris="https://client.example/",
    )
    token = secrets.token_urlsafe(32)
    access = AccessToken.objects.create(
        user=account.user,
        application=application,
        token=token,
        expires=timezone.now() + timedelta(hours=1),
        scope="read",
    )
    RefreshToken.objects.create(
        user=account.user, application=application, token=secrets.token_urlsafe(32), access_token=access
    )
    account.bear("Bearer", token)


_LOG_IN = {
    "session": _by_session,
    "token": _by_token,
    "basic": _by_basic,
    "knox": _by_knox,
    "jwt": _by_jwt,
    "oauth2": _by_oauth2,
}
CREDENTIALS = tuple(_LOG_IN)

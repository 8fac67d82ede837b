"""Two kinds of ``Authorization: Bearer`` side by side: JWTs, and the opaque tokens of OAuth2.

As they come, ``JWTAuthentication`` refuses any bearer that is no JWT, and
``OAuth2Authentication`` parses the body of every request, even of strangers.
"""

from typing import Any

from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.authentication import get_authorization_header
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication


class JWTBearerAuthentication(JWTAuthentication):
    """Leaves to others what has not the three parts of a JWT."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        token = super().get_raw_token(header)
        return token if token is not None and token.count(b".") == 2 else None


class OAuth2BearerAuthentication(OAuth2Authentication):  # type: ignore[misc] # it has no types
    """Takes tokens from the header alone, and leaves the body to the view."""

    def authenticate(self, request: Request) -> Any:
        if not get_authorization_header(request).lower().startswith(b"bearer "):
            return None
        return super().authenticate(request._request)


class JWTBearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """Documents JWTs as drf-spectacular does."""

    target_class = "example_project.vault.bearer.JWTBearerAuthentication"


class OAuth2BearerScheme(DjangoOAuthToolkitScheme):  # type: ignore[no-untyped-call]
    """Documents OAuth2 as drf-spectacular does."""

    target_class = "example_project.vault.bearer.OAuth2BearerAuthentication"

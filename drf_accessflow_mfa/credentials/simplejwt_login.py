"""What makes simplejwt's tokens tell which log-in they come from.

::

    SIMPLE_JWT = {
        "TOKEN_OBTAIN_SERIALIZER": "drf_accessflow_mfa.credentials.simplejwt_login.TokenObtainPairSerializer",
        "TOKEN_REFRESH_SERIALIZER": "drf_accessflow_mfa.credentials.simplejwt_login.TokenRefreshSerializer",
    }

    path("api/jwt/refresh/", simplejwt_login.TokenRefreshView.as_view()),

A log-in view of your own wraps what it issues:
``refresh = with_family(RefreshToken.for_user(user))``. Needs simplejwt.
"""

from typing import Any, TypeVar

from django.db import connections, transaction
from rest_framework import serializers as fields
from rest_framework_simplejwt import serializers, tokens, views
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials.simplejwt import refresh_token_reused, rotation

AnyToken = TypeVar("AnyToken", bound=tokens.Token)


def with_family(token: AnyToken) -> AnyToken:
    """Return the token, which starts a family unless it belongs to one.

    A family bears the ``jti`` of the refresh token that it began with: random,
    signed, and known to the blacklist.
    """
    claim = mfa_settings.jwt_family_claim
    if claim not in token:
        token[claim] = token[api_settings.JTI_CLAIM]
    return token


class FamilyMixin:
    """Starts a family at each log-in; put it before any serializer that obtains tokens."""

    @classmethod
    def get_token(cls, user: Any) -> Any:
        """Return a new token, the first of its family."""
        return with_family(super().get_token(user))  # type: ignore[misc]


class TokenObtainPairSerializer(FamilyMixin, serializers.TokenObtainPairSerializer):
    """Logs in: simplejwt's own, whose tokens start a family."""

    access = fields.CharField(read_only=True)
    refresh = fields.CharField(read_only=True)


class RefreshTokenReused(TokenError):
    """The refresh token was replaced or logged out before. Holds its payload."""

    def __init__(self, error: TokenError, payload: dict[str, Any]) -> None:
        super().__init__(*error.args)
        self.payload = payload


class PresentedRefreshToken(tokens.RefreshToken):
    """A refresh token that a client hands in to be refreshed."""

    def __init__(self, token: Any = None, verify: bool = True) -> None:
        super().__init__(token, verify)
        # One that was issued without a family starts its own from here on.
        with_family(self)

    def check_blacklist(self) -> None:
        """Raise ``RefreshTokenReused`` for a token that was spent before."""
        try:
            super().check_blacklist()
        except TokenError as error:
            raise RefreshTokenReused(error, self.payload) from error

    def blacklist(self) -> Any:
        """Spend this token: it is being replaced, and its family lives on."""
        with rotation():
            return super().blacklist()


class TokenRefreshSerializer(serializers.TokenRefreshSerializer):
    """Refreshes: simplejwt's own, which tells a rotation from a log-out and notices a reuse."""

    token_class = PresentedRefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return the new tokens. Raises ``TokenError``."""
        try:
            return super().validate(attrs)
        except RefreshTokenReused as reuse:
            refresh_token_reused.send(type(self), payload=reuse.payload)
            raise


class TokenRefreshView(views.TokenRefreshView):
    """Refreshes outside of request transactions.

    Under ``ATOMIC_REQUESTS`` the refusal of a reused token would undo that its
    family's verifications were ended.
    """

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, non-atomic on every database."""
        view = super().as_view(**initkwargs)
        for alias in connections:
            view = transaction.non_atomic_requests(using=alias)(view)
        return view

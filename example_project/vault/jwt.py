"""simplejwt's views, described for the API's documentation."""

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView

from drf_accessflow_mfa.credentials.simplejwt_login import TokenRefreshView
from example_project.vault.serializers import (
    INVALID,
    REFUSED,
    CredentialsSerializer,
    JWTSerializer,
    RefreshTokenSerializer,
)


@extend_schema_view(
    post=extend_schema(
        summary="Log in with a JWT",
        request=CredentialsSerializer,
        responses={200: JWTSerializer, **INVALID, **REFUSED},
    )
)
class JWTView(TokenObtainPairView):
    """A new log-in: an access token and a refresh token."""


@extend_schema_view(
    post=extend_schema(
        summary="Refresh a JWT",
        request=RefreshTokenSerializer,
        responses={200: JWTSerializer, **INVALID, **REFUSED},
    )
)
class JWTRefreshView(TokenRefreshView):
    """The next pair of tokens; the refresh token that was handed in is spent."""


@extend_schema_view(
    post=extend_schema(
        summary="Log out with a JWT",
        request=RefreshTokenSerializer,
        responses={
            200: OpenApiResponse({"type": "object"}, description="The refresh token is blacklisted."),
            **INVALID,
            **REFUSED,
        },
    )
)
class JWTBlacklistView(TokenBlacklistView):
    """The end of a log-in."""

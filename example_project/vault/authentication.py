"""How the example's clients log in: with a token, or with a session."""

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from example_project.vault.serializers import (
    INVALID,
    CredentialsSerializer,
    SessionSerializer,
    TokenSerializer,
)


class TokenView(APIView):
    """Tokens for command lines and services."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        summary="Log in with a token",
        request=CredentialsSerializer,
        responses={200: TokenSerializer, **INVALID},
    )
    def post(self, request: Request) -> Response:
        token, _ = Token.objects.get_or_create(user=authenticated_user(request))
        return Response({"token": token.key})


class SessionView(APIView):
    """The session of a browser."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [AllowAny]

    @extend_schema(
        summary="Log in with a session",
        request=CredentialsSerializer,
        responses={200: SessionSerializer, **INVALID},
    )
    def post(self, request: Request) -> Response:
        user = authenticated_user(request)
        login(request._request, user)
        return Response({"username": user.get_username(), "csrf_token": get_token(request._request)})

    @extend_schema(summary="Log out", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


def authenticated_user(request: Request) -> User:
    """Return the user whose name and password are in the body. Raises ``ValidationError``."""
    serializer = AuthTokenSerializer(data=request.data, context={"request": request})
    serializer.is_valid(raise_exception=True)
    user: User = serializer.validated_data["user"]
    return user

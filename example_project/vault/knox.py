"""Logging in and out with knox: a token for each log-in."""

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from knox.auth import TokenAuthentication
from knox.models import get_token_model
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.openapi.shapes import MFAChallengeSerializer, MFARefusalSerializer
from example_project.vault.authentication import authenticated_user
from example_project.vault.serializers import INVALID, REFUSED, CredentialsSerializer, KnoxTokenSerializer


class KnoxLoginView(APIView):
    """A new knox token."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        summary="Log in with a knox token",
        request=CredentialsSerializer,
        responses={200: KnoxTokenSerializer, **INVALID},
    )
    def post(self, request: Request) -> Response:
        row, token = get_token_model().objects.create(user=authenticated_user(request))
        return Response(KnoxTokenSerializer({"token": token, "expiry": row.expiry}).data)


class KnoxLogoutView(APIView):
    """The end of the knox token in use."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Delete the knox token", request=None, responses={204: None, **REFUSED})
    def post(self, request: Request) -> Response:
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


_CHALLENGED = PolymorphicProxySerializer(
    component_name="KnoxLogoutAllUnauthorized",
    serializers=[MFAChallengeSerializer, MFARefusalSerializer],
    resource_type_field_name=None,
)


class LogoutAllExtension(OpenApiViewExtension):  # type: ignore[no-untyped-call]
    """What knox's own view for logging out everywhere answers; knox does not say."""

    target_class = "knox.views.LogoutAllView"

    def view_replacement(self) -> type[APIView]:
        """Return the view with its description."""

        class Documented(self.target_class):  # type: ignore[misc,name-defined]
            @extend_schema(
                summary="Delete all knox tokens of the user",
                request=None,
                responses={204: None, 401: _CHALLENGED, 403: MFARefusalSerializer},
            )
            def post(self, request: Request, format: str | None = None) -> Response:
                response: Response = super().post(request, format)
                return response

        return Documented

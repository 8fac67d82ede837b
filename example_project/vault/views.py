"""Guarded views: all that a team writes to put its own API behind an access flow."""

from typing import cast

from django.views.generic import TemplateView
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.permissions import HasActiveAccess, RequiresMFA
from example_project.vault.serializers import INVALID, OpenVaultSerializer, VaultEntrySerializer


class LandingView(TemplateView):
    """Say what is where."""

    template_name = "vault/landing.html"


class VaultView(APIView):
    """The vault of one access flow."""

    permission_classes = [IsAuthenticated, RequiresMFA]

    def get_access_flow(self) -> str:
        """Return the flow that guards this vault: the one in its URL."""
        return cast(str, self.kwargs["flow"])

    @extend_schema(summary="Open a vault", responses=OpenVaultSerializer)
    def get(self, request: Request, flow: str) -> Response:
        return Response(
            {
                "flow": flow,
                "secret": f"The password of {flow} is swordfish.",
                "opened_by": request.user.get_username(),
            }
        )

    @extend_schema(
        summary="Leave a note in a vault",
        request=VaultEntrySerializer,
        responses={201: VaultEntrySerializer, **INVALID},
    )
    def post(self, request: Request, flow: str) -> Response:
        serializer = VaultEntrySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save(flow=flow, created_by=request.user)
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class CustomerExportView(VaultView):
    """A vault that opens only while an access request of the caller is active."""

    permission_classes = [IsAuthenticated, RequiresMFA, HasActiveAccess]

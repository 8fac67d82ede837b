"""A host's own guarded views, each guarded in another way."""

from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.permissions import PER_OBJECT, RequiresMFA
from example_project.vault.models import VaultEntry


def sent(request: Request, name: str) -> Any:
    """Return what was sent in a field."""
    body: Any = request.data
    return body[name]


class GuardedView(APIView):
    """Behind the guard, and forgot to name a flow."""

    permission_classes = [IsAuthenticated, RequiresMFA]

    def get(self, request: Request) -> Response:
        return Response({"secret": "swordfish"})

    def post(self, request: Request) -> Response:
        return Response({"secret": "swordfish"})


class TwoFlowsView(GuardedView):
    """Guarded by two flows, of which one allows a verification of five minutes."""

    access_flow = ["production-database", "customer-export"]


class BrowsableView(GuardedView):
    """Shown by DRF's browsable API."""

    access_flow = "production-database"
    renderer_classes = [JSONRenderer, BrowsableAPIRenderer]


class PerObjectView(GuardedView):
    """Objects that name their own flows, listed without being asked one by one."""

    access_flow = PER_OBJECT


class BatchView(GuardedView):
    """Writes a note about each of several objects, whose flows differ, in one request transaction."""

    def get_access_flow(self) -> list[str]:
        """Return the flows of all objects."""
        return list(sent(self.request, "flows"))

    def post(self, request: Request) -> Response:
        for slug in sent(request, "flows"):
            user: Any = request.user
            VaultEntry.objects.create(flow=slug, note=sent(request, "note"), created_by=user)
        return Response(status=201)


class NotesView(APIView):
    """Counts notes, for everybody."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, note: str) -> Response:
        return Response({"count": VaultEntry.objects.filter(note=note).count()})

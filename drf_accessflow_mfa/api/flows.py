"""``flows/``: the access flows."""

from typing import Any

from rest_framework import status
from rest_framework.permissions import BasePermission, IsAuthenticated

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.pagination import FlowPagination
from drf_accessflow_mfa.api.serializers import (
    AccessFlowSerializer,
    ChangedAccessFlowSerializer,
    RequirementSerializer,
)
from drf_accessflow_mfa.services import flows
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.status import flow_requirement

_PERMISSIONS = {"POST": "add", "PATCH": "change", "DELETE": "delete"}


class MayEditFlows(BasePermission):
    """Reading is for everybody, writing for those with the model's permission."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the user may do this to flows."""
        act = _PERMISSIONS.get(request.method or "")
        return act is None or request.user.has_perm(f"drf_accessflow_mfa.{act}_accessflow")


class FlowView(MFAView):
    """What the views of flows share."""

    permission_classes = (IsAuthenticated, MayEditFlows)

    @property
    def editor(self) -> Editor:
        """Return who edits."""
        return Editor(caller=self.caller, origin=self.origin)

    @property
    def sees_inactive(self) -> bool:
        """Tell whether the user sees flows that are switched off."""
        user = self.request.user
        return user.has_perm("drf_accessflow_mfa.view_accessflow") or user.has_perm(
            "drf_accessflow_mfa.change_accessflow"
        )


class AccessFlowsView(FlowView):
    """All access flows."""

    def get(self, request: Request) -> Response:
        """Return a page of the flows."""
        pages = FlowPagination()
        page: Any = pages.paginate_queryset(
            flows.visible_flows(include_inactive=self.sees_inactive), request, view=self
        )
        return pages.get_paginated_response(AccessFlowSerializer(page, many=True).data)

    def post(self, request: Request) -> Response:
        """Create a flow."""
        shape = AccessFlowSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        flow = flows.create_flow(shape.validated_data, editor=self.editor)
        return Response(AccessFlowSerializer(flow).data, status=status.HTTP_201_CREATED)


class AccessFlowView(FlowView):
    """One access flow."""

    def get(self, request: Request, slug: str) -> Response:
        """Return a flow."""
        flow = flows.find_flow(slug, include_inactive=self.sees_inactive)
        return Response(AccessFlowSerializer(flow).data)

    def patch(self, request: Request, slug: str) -> Response:
        """Change a flow; what the body does not name stays as it is."""
        shape = ChangedAccessFlowSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        flow = flows.change_flow(slug, shape.validated_data, editor=self.editor)
        return Response(AccessFlowSerializer(flow).data)

    def delete(self, request: Request, slug: str) -> Response:
        """Delete a flow."""
        flows.delete_flow(slug, editor=self.editor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RequirementView(FlowView):
    """What one flow would ask of the caller."""

    def get(self, request: Request, slug: str) -> Response:
        """Return what would be asked of the caller now."""
        requirement = flow_requirement(slug, self.caller, include_inactive=self.sees_inactive)
        return Response(RequirementSerializer(requirement).data)

"""``requests/``: open, list, decide, cancel, revoke and extend."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import status

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.errors import refused
from drf_accessflow_mfa.api.pagination import RequestPagination
from drf_accessflow_mfa.api.request_serializers import (
    AccessRequestSerializer,
    NewDecisionSerializer,
    NewExtensionSerializer,
    NewRequestSerializer,
    RequestFilterSerializer,
    RevocationSerializer,
)
from drf_accessflow_mfa.models import AccessRequest, Decision
from drf_accessflow_mfa.services import requests
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut
from drf_accessflow_mfa.services.requests import Scope


class RequestsView(MFAView):
    """The access requests that exist for the caller."""

    def get(self, request: Request) -> Response:
        """Return a page of requests, newest first."""
        user = self.caller.user
        filters = RequestFilterSerializer(data=request.query_params)
        filters.is_valid(raise_exception=True)
        wanted, now, pages = filters.validated_data, timezone.now(), RequestPagination()
        rows = requests.list_requests(user, scope=Scope(wanted["scope"]), filters=wanted, now=now)
        page: Any = pages.paginate_queryset(rows, request, view=self)
        shown = AccessRequestSerializer(page, many=True, context={"now": now})
        return pages.get_paginated_response(shown.data)

    def post(self, request: Request) -> Response:
        """Open a request."""
        act = _checked(NewRequestSerializer, request)
        outcome = requests.open_request(self.caller, act.pop("flow"), **act, origin=self.origin)
        return _answer(outcome, status.HTTP_201_CREATED)


class RequestView(MFAView):
    """One access request."""

    def get(self, request: Request, request_id: UUID) -> Response:
        """Return a request."""
        return _answer(requests.find_request(self.caller.user, request_id))


class DecisionView(MFAView):
    """What an approver says to a request."""

    def post(self, request: Request, request_id: UUID) -> Response:
        """Approve or reject it."""
        act = _checked(NewDecisionSerializer, request)
        decision = Decision(act.pop("decision"))
        return _answer(requests.decide_request(self.caller, request_id, decision, **act, origin=self.origin))


class CancellationView(MFAView):
    """The end of a request, by its requester."""

    def post(self, request: Request, request_id: UUID) -> Response:
        """Take the request back, or give its access up."""
        return _answer(requests.cancel_request(self.caller, request_id, origin=self.origin))


class RevocationView(MFAView):
    """The end of somebody's access."""

    def post(self, request: Request, request_id: UUID) -> Response:
        """Revoke it."""
        act = _checked(RevocationSerializer, request)
        return _answer(requests.revoke_request(self.caller, request_id, **act, origin=self.origin))


class ExtensionView(MFAView):
    """More time for access that is active."""

    def post(self, request: Request, request_id: UUID) -> Response:
        """Extend it."""
        act = _checked(NewExtensionSerializer, request)
        return _answer(requests.extend_request(self.caller, request_id, **act, origin=self.origin))


def _checked(shape: Any, request: Request) -> dict[str, Any]:
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _answer(outcome: AccessRequest | CodeRefused | LockedOut, code: int = status.HTTP_200_OK) -> Response:
    if isinstance(outcome, (CodeRefused, LockedOut)):
        return refused(outcome)
    return Response(AccessRequestSerializer(outcome, context={"now": timezone.now()}).data, status=code)

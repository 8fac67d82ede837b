"""The operations of access requests."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from drf_accessflow_mfa.api import request_serializers as shapes
from drf_accessflow_mfa.api import requests
from drf_accessflow_mfa.openapi.describe import (
    CHALLENGE,
    LOCKED,
    NO_PAGE,
    WRONG_CODE,
    Operations,
    operation,
)

_TAG = "Access requests"
_REQUEST = OpenApiParameter(
    "request_id", {"type": "string", "format": "uuid"}, OpenApiParameter.PATH, description="The id."
)
_REFUSALS = {
    404: "There is no such request, or none for the caller's eyes.",
    409: "The request has moved on (`transition_refused`).",
}
_WITH_A_CODE = {400: WRONG_CODE, 401: CHALLENGE, 429: LOCKED}


def _act(name: str, summary: str, *, request: Any = None, more: dict[int, Any] | None = None) -> Any:
    answers = {200: shapes.AccessRequestSerializer, **_REFUSALS, **(more or {})}
    return operation(name, summary, tag=_TAG, request=request, parameters=[_REQUEST], answers=answers)


REQUEST_OPERATIONS: Operations = {
    requests.RequestsView: {
        "get": operation(
            "list_requests",
            "List access requests",
            tag=_TAG,
            parameters=[shapes.RequestFilterSerializer],
            answers={
                200: shapes.AccessRequestSerializer(many=True),
                400: "A filter is invalid.",
                404: NO_PAGE,
            },
        ),
        "post": operation(
            "open_request",
            "Request access under a flow",
            tag=_TAG,
            request=shapes.NewRequestSerializer,
            answers={
                201: shapes.AccessRequestSerializer,
                409: "The caller has an open request under this flow (`request_exists`).",
                **_WITH_A_CODE,
            },
        ),
    },
    requests.RequestView: {
        "get": operation(
            "get_request",
            "Show an access request",
            tag=_TAG,
            parameters=[_REQUEST],
            answers={200: shapes.AccessRequestSerializer, 404: _REFUSALS[404]},
        ),
    },
    requests.DecisionView: {
        "post": _act(
            "decide_request",
            "Approve or reject an access request",
            request=shapes.NewDecisionSerializer,
            more=_WITH_A_CODE,
        ),
    },
    requests.CancellationView: {
        "post": _act("cancel_request", "Take my access request back"),
    },
    requests.RevocationView: {
        "post": _act("revoke_request", "Revoke access", request=shapes.RevocationSerializer),
    },
    requests.ExtensionView: {
        "post": _act(
            "extend_request",
            "Extend my active access",
            request=shapes.NewExtensionSerializer,
            more=_WITH_A_CODE,
        ),
    },
}

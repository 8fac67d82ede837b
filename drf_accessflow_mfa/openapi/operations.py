"""The operations of our API: devices, verifications, recovery codes, flows and the log."""

from drf_spectacular.utils import OpenApiParameter

from drf_accessflow_mfa.api import audit_events, devices, flows, recovery_codes, status, verifications
from drf_accessflow_mfa.api import serializers as shapes
from drf_accessflow_mfa.api.request_serializers import VerificationDetailSerializer
from drf_accessflow_mfa.openapi.describe import (
    CHALLENGE,
    LOCKED,
    NO_PAGE,
    WRONG_CODE,
    Operations,
    operation,
)

_FLOWS, _AUDIT = "Access flows", "Audit"
_SLUG = OpenApiParameter(
    "slug", str, OpenApiParameter.PATH, pattern="^[-a-zA-Z0-9_]+$", description="The slug of the flow."
)
_DEVICE = OpenApiParameter(
    "device_id",
    str,
    OpenApiParameter.PATH,
    pattern="^[a-z0-9_.]{1,100}-[0-9]{1,18}$",
    description="The id of the device.",
)
_NO_DEVICE = "The caller has no such device."
_NO_FLOW = "There is no such flow."

OPERATIONS: Operations = {
    status.StatusView: {
        "get": operation("get_status", "Show my MFA", answers={200: shapes.StatusSerializer}),
    },
    devices.DevicesView: {
        "get": operation(
            "list_devices", "List my devices", answers={200: shapes.DeviceSerializer(many=True)}
        ),
        "post": operation(
            "begin_enrollment",
            "Begin to enroll a device",
            request=shapes.DeviceNameSerializer,
            answers={
                201: shapes.EnrollmentSerializer,
                401: CHALLENGE,
                409: "The caller has as many devices as are allowed (`device_limit_reached`).",
            },
        ),
    },
    devices.DeviceView: {
        "patch": operation(
            "rename_device",
            "Rename a device",
            request=shapes.DeviceNameSerializer,
            parameters=[_DEVICE],
            answers={200: shapes.DeviceSerializer, 404: _NO_DEVICE},
        ),
        "delete": operation(
            "remove_device",
            "Remove a device",
            parameters=[_DEVICE],
            answers={204: None, 401: CHALLENGE, 404: _NO_DEVICE},
        ),
    },
    devices.ConfirmationView: {
        "post": operation(
            "confirm_enrollment",
            "Confirm a device with its first code",
            request=shapes.ConfirmationSerializer,
            parameters=[_DEVICE],
            answers={
                200: shapes.EnrolledSerializer,
                400: WRONG_CODE,
                401: CHALLENGE,
                404: "There is no such device to confirm, or its time is over.",
                409: "The caller has as many devices as are allowed (`device_limit_reached`).",
                429: LOCKED,
            },
        ),
    },
    verifications.VerificationsView: {
        "get": operation(
            "list_verifications",
            "List my live verifications",
            answers={200: shapes.LiveVerificationSerializer(many=True)},
        ),
        "post": operation(
            "verify",
            "Verify a code",
            request=shapes.CodeSerializer,
            answers={201: shapes.VerificationSerializer, 400: WRONG_CODE, 429: LOCKED},
        ),
        "delete": operation("forget_verifications", "Forget all my verifications", answers={204: None}),
    },
    verifications.VerificationView: {
        "get": operation(
            "get_verification",
            "Show a verification and what it covered",
            answers={200: VerificationDetailSerializer, 404: "The caller has no such verification."},
        ),
        "delete": operation(
            "forget_verification",
            "Forget one verification",
            answers={204: None, 404: "The caller has no such live verification."},
        ),
    },
    recovery_codes.RecoveryCodesView: {
        "get": operation(
            "count_recovery_codes",
            "Count my recovery codes",
            answers={200: shapes.RecoveryCodesLeftSerializer},
        ),
        "post": operation(
            "replace_recovery_codes",
            "Replace my recovery codes",
            answers={201: shapes.RecoveryCodesSerializer, 401: CHALLENGE},
        ),
    },
    flows.AccessFlowsView: {
        "get": operation(
            "list_flows",
            "List access flows",
            tag=_FLOWS,
            answers={200: shapes.AccessFlowSerializer(many=True), 404: NO_PAGE},
        ),
        "post": operation(
            "create_flow",
            "Create an access flow",
            tag=_FLOWS,
            request=shapes.AccessFlowSerializer,
            answers={201: shapes.AccessFlowSerializer, 409: "The slug is taken (`flow_exists`)."},
        ),
    },
    flows.AccessFlowView: {
        "get": operation(
            "get_flow",
            "Show an access flow",
            tag=_FLOWS,
            parameters=[_SLUG],
            answers={200: shapes.AccessFlowSerializer, 404: _NO_FLOW},
        ),
        "patch": operation(
            "change_flow",
            "Change an access flow",
            tag=_FLOWS,
            request=shapes.ChangedAccessFlowSerializer,
            parameters=[_SLUG],
            answers={200: shapes.AccessFlowSerializer, 401: CHALLENGE, 404: _NO_FLOW},
        ),
        "delete": operation(
            "delete_flow",
            "Delete an access flow",
            tag=_FLOWS,
            parameters=[_SLUG],
            answers={
                204: None,
                401: CHALLENGE,
                404: _NO_FLOW,
                409: "Routes or access requests belong to this flow (`flow_in_use`).",
            },
        ),
    },
    flows.RequirementView: {
        "get": operation(
            "get_requirement",
            "Show what a flow would ask of me",
            tag=_FLOWS,
            parameters=[_SLUG],
            answers={200: shapes.RequirementSerializer, 404: _NO_FLOW},
        ),
    },
    audit_events.AuditEventsView: {
        "get": operation(
            "list_audit_events",
            "List audit events",
            tag=_AUDIT,
            parameters=[shapes.AuditFilterSerializer],
            answers={
                200: shapes.AuditEventSerializer(many=True),
                400: "A filter is invalid.",
                404: NO_PAGE,
            },
        ),
    },
}

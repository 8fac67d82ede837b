"""The routes of the API, for ``include()``."""

from django.urls import path, re_path

from drf_accessflow_mfa.api.audit_events import AuditEventsView
from drf_accessflow_mfa.api.devices import ConfirmationView, DevicesView, DeviceView
from drf_accessflow_mfa.api.flows import AccessFlowsView, AccessFlowView, RequirementView
from drf_accessflow_mfa.api.recovery_codes import RecoveryCodesView
from drf_accessflow_mfa.api.requests import (
    CancellationView,
    DecisionView,
    ExtensionView,
    RequestsView,
    RequestView,
    RevocationView,
)
from drf_accessflow_mfa.api.resets import ResetConfirmationView, ResetsView, ResetView, UserResetView
from drf_accessflow_mfa.api.status import StatusView
from drf_accessflow_mfa.api.verifications import VerificationsView, VerificationView

app_name = "drf_accessflow_mfa"

_DEVICE = r"^devices/(?P<device_id>[a-z0-9_.]{1,100}-[0-9]{1,18})/"
_REQUEST = "requests/<uuid:request_id>/"

urlpatterns = [
    path("status/", StatusView.as_view(), name="status"),
    path("devices/", DevicesView.as_view(), name="devices"),
    re_path(_DEVICE + r"$", DeviceView.as_view(), name="device"),
    re_path(_DEVICE + r"confirmation/$", ConfirmationView.as_view(), name="confirmation"),
    path("verifications/", VerificationsView.as_view(), name="verifications"),
    path("verifications/<uuid:verification_id>/", VerificationView.as_view(), name="verification"),
    path("recovery-codes/", RecoveryCodesView.as_view(), name="recovery-codes"),
    path("flows/", AccessFlowsView.as_view(), name="flows"),
    path("flows/<slug:slug>/", AccessFlowView.as_view(), name="flow"),
    path("flows/<slug:slug>/requirement/", RequirementView.as_view(), name="requirement"),
    path("requests/", RequestsView.as_view(), name="requests"),
    path(_REQUEST, RequestView.as_view(), name="request"),
    path(_REQUEST + "decision/", DecisionView.as_view(), name="decision"),
    path(_REQUEST + "cancellation/", CancellationView.as_view(), name="cancellation"),
    path(_REQUEST + "revocation/", RevocationView.as_view(), name="revocation"),
    path(_REQUEST + "extension/", ExtensionView.as_view(), name="extension"),
    path("users/<str:user_id>/reset/", UserResetView.as_view(), name="user-reset"),
    path("resets/", ResetsView.as_view(), name="resets"),
    path("resets/<int:reset_id>/", ResetView.as_view(), name="reset"),
    path("resets/<int:reset_id>/confirmation/", ResetConfirmationView.as_view(), name="reset-confirmation"),
    path("audit-events/", AuditEventsView.as_view(), name="audit-events"),
]

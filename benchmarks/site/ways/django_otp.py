"""A view around ``django_otp.verify_token``: neither proof nor audit, and the session notes the device."""

from typing import Any

import django_otp
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.site.ways import SECRET, Way
from drf_accessflow_mfa.devices.by_itself import left_to_django_otp


class VerifyView(APIView):
    """Verifies a code of one device."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Any) -> Response:
        """Verify, and log the device in where there is a session."""
        with left_to_django_otp():  # what it does where this package is not installed
            device = django_otp.verify_token(
                request.user, str(request.data["device"]), str(request.data["code"])
            )
        if device is None:
            return Response({"code": "wrong"}, status=400)
        if request.session.session_key:
            django_otp.login(request._request, device)
        return Response({"device": device.persistent_id}, status=201)


def enroll(users: list[Any]) -> list[dict[str, str]]:
    """Give each user a TOTP device."""
    devices = TOTPDevice.objects.bulk_create(
        TOTPDevice(user=user, name="phone", key=SECRET.hex(), confirmed=True) for user in users
    )
    return [{"device": device.persistent_id} for device in devices]


WAY = Way(
    key="django_otp",
    label="a view around `django_otp.verify_token`",
    path="/verify/django_otp/",
    field="code",
    middleware=("django_otp.middleware.OTPMiddleware",),
    session_only=False,
    enroll=enroll,
)

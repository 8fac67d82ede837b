"""``devices/``: list, enroll, confirm, rename, remove."""

from rest_framework import status

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.errors import refused
from drf_accessflow_mfa.api.serializers import (
    ConfirmationSerializer,
    DeviceNameSerializer,
    DeviceSerializer,
    EnrolledSerializer,
    EnrollmentSerializer,
)
from drf_accessflow_mfa.services import enroll, manage
from drf_accessflow_mfa.services.enroll import Enrolled


class DevicesView(MFAView):
    """The caller's devices."""

    def get(self, request: Request) -> Response:
        """Return the caller's devices, django-otp's own ones too."""
        return Response(DeviceSerializer(manage.list_devices(self.caller), many=True).data)

    def post(self, request: Request) -> Response:
        """Begin an enrollment; the secret is in this answer and never again."""
        shape = DeviceNameSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        enrollment = enroll.begin_enrollment(
            self.caller, name=shape.validated_data["name"], origin=self.origin
        )
        return Response(EnrollmentSerializer(enrollment).data, status=status.HTTP_201_CREATED)


class DeviceView(MFAView):
    """One device of the caller."""

    def patch(self, request: Request, device_id: str) -> Response:
        """Rename a device."""
        shape = DeviceNameSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        device = manage.rename_device(
            self.caller, device_id, name=shape.validated_data["name"], origin=self.origin
        )
        return Response(DeviceSerializer(device).data)

    def delete(self, request: Request, device_id: str) -> Response:
        """Remove a device."""
        manage.remove_device(self.caller, device_id, origin=self.origin)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmationView(MFAView):
    """The confirmation of one enrollment."""

    def post(self, request: Request, device_id: str) -> Response:
        """Confirm a device with its first code."""
        shape = ConfirmationSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        outcome = enroll.confirm_enrollment(
            self.caller, device_id, shape.validated_data["code"], origin=self.origin
        )
        if isinstance(outcome, Enrolled):
            return Response(EnrolledSerializer(outcome).data)
        return refused(outcome)

"""``verifications/``: verify, list, forget."""

from uuid import UUID

from rest_framework import status

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.errors import refused
from drf_accessflow_mfa.api.request_serializers import VerificationDetailSerializer
from drf_accessflow_mfa.api.serializers import (
    CodeSerializer,
    LiveVerificationSerializer,
    VerificationSerializer,
)
from drf_accessflow_mfa.services import revoke
from drf_accessflow_mfa.services.covered import verification_detail
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify


class VerificationsView(MFAView):
    """The caller's verifications."""

    def get(self, request: Request) -> Response:
        """Return the caller's live verifications, through whatever credential."""
        return Response(LiveVerificationSerializer(revoke.live_verifications(self.caller), many=True).data)

    def post(self, request: Request) -> Response:
        """Verify a code for the credential of this request."""
        shape = CodeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        outcome = verify(
            self.caller,
            shape.validated_data["code"],
            device=shape.validated_data["device"],
            origin=self.origin,
        )
        if isinstance(outcome, Verified):
            return Response(VerificationSerializer(outcome.verification).data, status=status.HTTP_201_CREATED)
        return refused(outcome)

    def delete(self, request: Request) -> Response:
        """Forget all of the caller's verifications."""
        revoke.forget_verifications(self.caller, origin=self.origin)
        return Response(status=status.HTTP_204_NO_CONTENT)


class VerificationView(MFAView):
    """One verification of the caller."""

    def get(self, request: Request, verification_id: UUID) -> Response:
        """Return a verification, live or not, and what it covered."""
        detail = verification_detail(self.caller, verification_id)
        return Response(VerificationDetailSerializer(detail).data)

    def delete(self, request: Request, verification_id: UUID) -> Response:
        """Forget one verification."""
        revoke.forget_verification(self.caller, verification_id, origin=self.origin)
        return Response(status=status.HTTP_204_NO_CONTENT)

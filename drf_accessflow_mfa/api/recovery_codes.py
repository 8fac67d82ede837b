"""``recovery-codes/``: how many are left; replace them."""

from rest_framework import status

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.serializers import RecoveryCodesLeftSerializer, RecoveryCodesSerializer
from drf_accessflow_mfa.services.recovery import replace_recovery_codes
from drf_accessflow_mfa.services.status import recovery_codes_left


class RecoveryCodesView(MFAView):
    """The caller's recovery codes."""

    def get(self, request: Request) -> Response:
        """Return how many are left."""
        return Response(RecoveryCodesLeftSerializer(recovery_codes_left(self.caller)).data)

    def post(self, request: Request) -> Response:
        """Replace them; the new ones are in this answer and never again."""
        codes = replace_recovery_codes(self.caller, origin=self.origin)
        return Response(RecoveryCodesSerializer({"codes": codes}).data, status=status.HTTP_201_CREATED)

"""``GET status/``."""

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.serializers import StatusSerializer
from drf_accessflow_mfa.services.status import status_of


class StatusView(MFAView):
    """The caller's own MFA."""

    def get(self, request: Request) -> Response:
        """Return what the banner needs to know."""
        return Response(StatusSerializer(status_of(self.caller)).data)

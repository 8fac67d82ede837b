"""What all of our API's views share."""

from collections.abc import Sequence
from typing import Any

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.api.errors import handle
from drf_accessflow_mfa.api.parsers import BoundedJSONParser, read_body
from drf_accessflow_mfa.api.renderers import EncodableJSONRenderer
from drf_accessflow_mfa.credentials import Caller, caller_of, origin_of
from drf_accessflow_mfa.credentials.caller import scheme_of
from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.non_atomic import non_atomic


class MFAView(APIView):
    """A JSON view outside of the host's request transactions, never cached."""

    permission_classes: Sequence[Any] = (IsAuthenticated,)
    parser_classes = (BoundedJSONParser,)
    renderer_classes = (EncodableJSONRenderer,)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, outside of request transactions."""
        return non_atomic(super().as_view(**initkwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body that cannot be read, even where the act takes nothing from it."""
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods and request.method not in SAFE_METHODS:
            read_body(request)

    @property
    def caller(self) -> Caller:
        """Return who asks. Raises ``CredentialUnsupported``."""
        return caller_of(self.request)

    @property
    def origin(self) -> Origin:
        """Return where the request came from."""
        return origin_of(self.request, source=Source.API)

    @property
    def scheme(self) -> str:
        """Return the authentication scheme for a challenge."""
        return scheme_of(self.request, default="Session")

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return the headers of every answer: no cache may keep one."""
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    def get_exception_handler(self) -> Any:
        """Return our own handler: clients get one shape whatever the host chose."""
        return handle

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Keep secrets out of the Referer as well."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers["Referrer-Policy"] = "no-referrer"
        return final


__all__ = ["MFAView", "Request", "Response"]

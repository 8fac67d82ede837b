"""JSON out, whatever came in."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class AsciiJSONRenderer(JSONRenderer):
    """JSON that escapes all but ASCII."""

    ensure_ascii = True


class EncodableJSONRenderer(JSONRenderer):
    """DRF's renderer, also for messages that repeat a lone surrogate of the request.

    Such text is JSON, and cannot be encoded: the bare renderer answers it
    with an error of the server's.
    """

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the body."""
        try:
            body: bytes = super().render(data, accepted_media_type, renderer_context)
        except UnicodeEncodeError:
            body = AsciiJSONRenderer().render(data, accepted_media_type, renderer_context)
        return body

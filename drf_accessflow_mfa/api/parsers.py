"""JSON in, within bounds."""

import io
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser

LONGEST_BODY_BYTES = 32 * 1024
DEEPEST = 32


class BoundedJSONParser(JSONParser):
    """DRF's parser for bodies of at most 32 KiB, nested at most 32 deep.

    The bare parser answers deep nesting with an error of the server's.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the parsed object. Raises ``ParseError`` for anything but an object."""
        body = stream.read(LONGEST_BODY_BYTES + 1)
        if len(body) > LONGEST_BODY_BYTES:
            raise ParseError("The body is too large.")
        try:
            # JSON is UTF-8 (RFC 8259): a charset of the client's could name a decompressor.
            context = {**(parser_context or {}), "encoding": "utf-8"}
            parsed = super().parse(io.BytesIO(body), media_type, context)
        except (RecursionError, LookupError) as error:
            raise ParseError("The body cannot be read.") from error
        if not isinstance(parsed, dict):
            raise ParseError("The body must be a JSON object.")
        if _depth(parsed) > DEEPEST:
            raise ParseError("The body is nested too deeply.")
        return parsed


def read_body(request: Any) -> Any:
    """Return what a body holds; an empty one holds nothing.

    Raises ``ParseError`` and ``UnsupportedMediaType``. DRF takes a form that
    middleware has read already for an empty body: so the type is asked first.
    """
    if _has_body(request) and request.negotiator.select_parser(request, request.parsers) is None:
        raise UnsupportedMediaType(request.content_type)
    return request.data


def _has_body(request: Any) -> bool:
    length = request.META.get("CONTENT_LENGTH") or ""
    return length.isdecimal() and int(length) > 0


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth

"""Additions to what drf-spectacular finds out about a view by itself."""

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

WWW_AUTHENTICATE = OpenApiParameter(
    name="WWW-Authenticate",
    location=OpenApiParameter.HEADER,
    response=["401"],
    required=True,
    description=(
        "The scheme of the request's credential. In a challenge (RFC 9470) also "
        '`error="insufficient_user_authentication"`, `error_description`, `acr_values` and `max_age`.'
    ),
)
RETRY_AFTER = OpenApiParameter(
    name="Retry-After",
    type=int,
    location=OpenApiParameter.HEADER,
    response=["429"],
    description="Seconds to wait.",
)


class MoreAnswers:
    """A mixin for drf-spectacular's ``AutoSchema`` that adds answers to those it found."""

    view: Any
    method: str

    def more_answers(self) -> Iterable[tuple[int, Any, str]]:
        """Return status codes, serializers and descriptions."""
        raise NotImplementedError

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = super().get_override_parameters()  # type: ignore[misc]
        return [*parameters, WWW_AUTHENTICATE, RETRY_AFTER]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        answers: dict[str, Any] = super()._get_response_bodies(direction)  # type: ignore[misc]
        for status_code, serializer, description in self.more_answers():
            code = str(status_code)
            response = OpenApiResponse(serializer, description=description)
            more = self._get_response_for_code(response, code, direction=direction)  # type: ignore[attr-defined]
            answers[code] = _either(answers[code], more) if code in answers else more
        return dict(sorted(answers.items()))


def strangers_get_401(view: Any) -> bool:
    """Tell whether a missing or wrong credential is answered with 401; DRF's other answer is 403."""
    return bool(view.get_authenticate_header(view.request))


def replaced(
    target: Any,
    decorators: dict[str, Callable[[Any], Any]],
    mixin: Any,
    schema: Any = None,
) -> type[Any]:
    """Return a view like ``target`` whose methods are documented with the mixin's additions.

    ``decorators`` are drf-spectacular's, by the name of the method. ``schema``
    stands for the view's own where the route chose another. One class a
    target, as before: drf-spectacular counts classes to shorten names.
    """
    view = _subclass_of(target, mixin, schema)
    for name, decorate in decorators.items():
        if name in vars(view):
            continue
        method = decorate(_copied(getattr(target, name)))
        base = method.__dict__.get("kwargs", {}).get("schema") or schema or target.schema
        base = base if isinstance(base, type) else type(base)
        # Where drf-spectacular's own decorators keep it.
        method.kwargs = {
            **method.__dict__.get("kwargs", {}),
            "schema": type("AccessFlowSchema", (mixin, base), {}),
        }
        setattr(view, name, method)
    return view


@cache
def _subclass_of(target: Any, mixin: Any, schema: Any) -> type[Any]:
    return type(target.__name__, (target,), {"__doc__": target.__doc__, "__module__": target.__module__})


def _copied(method: Callable[..., Any]) -> Any:
    @wraps(method)
    def copy(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    copy.__dict__["kwargs"] = dict(method.__dict__.get("kwargs", {}))
    return copy


def _either(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    content = dict(one.get("content", {}))
    for media_type, media in other.get("content", {}).items():
        known = content.get(media_type, media)["schema"]
        schemas = [*known.get("anyOf", [known]), media["schema"]]
        distinct = [schema for at, schema in enumerate(schemas) if schema not in schemas[:at]]
        both = distinct[0] if len(distinct) == 1 else {"anyOf": distinct}
        content[media_type] = {**content.get(media_type, {}), "schema": both}
    descriptions = [text for text in (one.get("description"), other["description"]) if text]
    return {
        **other,
        **one,
        "headers": {**other.get("headers", {}), **one.get("headers", {})},
        "content": content,
        "description": " ".join(dict.fromkeys(descriptions)),
    }

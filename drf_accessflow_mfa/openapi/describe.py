"""How an operation is described: its name, what goes in, what comes out, what it may refuse."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema

from drf_accessflow_mfa.openapi.shapes import MFAChallengeSerializer, MFAProblemSerializer

Operations = dict[type[Any], dict[str, Callable[[Any], Any]]]
"""What drf-spectacular decorates, by view and by method."""

CHALLENGE = OpenApiResponse(MFAChallengeSerializer, description="A fresh second factor is required.")
WRONG_CODE = "The code was not accepted (`mfa_failed`), or the input is invalid."
LOCKED = "Too many wrong codes (`mfa_locked`)."
NO_PAGE = "The cursor leads nowhere."


def operation(
    name: str,
    summary: str,
    *,
    tag: str = "MFA",
    answers: dict[int, Any],
    request: Any = None,
    parameters: Sequence[Any] = (),
) -> Callable[[Any], Any]:
    """Return the decorator for one method. A text among the answers describes a refusal."""
    reads_a_body = {400: "The input is invalid."} if request else {}
    responses = {
        code: OpenApiResponse(MFAProblemSerializer, description=answer) if isinstance(answer, str) else answer
        for code, answer in {**reads_a_body, **answers}.items()
    }
    return extend_schema(
        operation_id=f"mfa_{name}",
        summary=summary,
        tags=[tag],
        request=request,
        responses=responses,
        parameters=list(parameters),
    )

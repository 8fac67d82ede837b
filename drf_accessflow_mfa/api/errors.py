"""One shape for every refusal: ``{"detail": ..., "code": ...}``, and ``errors`` for fields."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from drf_accessflow_mfa.composition import note_denial
from drf_accessflow_mfa.domain import errors
from drf_accessflow_mfa.domain.reset import ResetRefusal
from drf_accessflow_mfa.exceptions import AccessFlowDenied
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut

_FORBIDDEN = {
    errors.ActRefusal.NOT_A_REQUESTER: _("You may not request access under this flow."),
    errors.ActRefusal.NOT_AN_APPROVER: _("Approvers of this flow decide that."),
    errors.ActRefusal.OWN_REQUEST: _("Somebody else has to decide about your own request."),
    errors.ActRefusal.NOT_THE_REQUESTER: _("Only its requester may do that."),
}
_RESET_FORBIDDEN = {
    ResetRefusal.NOT_PERMITTED: _("You may not reset the second factor of others."),
    ResetRefusal.OWN_FACTORS: _("Somebody else has to reset your second factor."),
    ResetRefusal.SUPERUSER: _("Only a superuser resets the second factor of another."),
    ResetRefusal.SAME_ADMINISTRATOR: _("Another administrator has to confirm what you asked for."),
}
_PROBLEMS = {
    errors.FieldProblem.REQUIRED: _("The access flow requires this."),
    errors.FieldProblem.TOO_LONG: _("This is longer than the access flow allows."),
}
_CONFLICTS: dict[type[errors.AccessFlowMFAError], tuple[str, Any]] = {
    errors.DeviceLimitReached: ("device_limit_reached", _("Remove a device before adding another.")),
    errors.FlowExists: ("flow_exists", _("An access flow with this slug exists already.")),
    errors.FlowInUse: ("flow_in_use", _("Routes or access requests belong to this access flow.")),
    errors.ResetPending: ("reset_pending", _("A reset of this user awaits confirmation already.")),
}
_NOT_FOUND = (
    errors.DeviceNotFound,
    errors.VerificationNotFound,
    errors.FlowNotFound,
    errors.RequestNotFound,
    errors.ResetNotFound,
    errors.UserNotFound,
)


class CodedError(exceptions.APIException):
    """A domain error with the code that clients read."""

    def __init__(self, status_code: int, code: str, detail: Any, **facts: Any) -> None:
        super().__init__()
        self.status_code = status_code
        body: Any = {"detail": str(detail), "code": code, **facts}
        self.detail = body


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of one of our views into the answer of the contract."""
    if isinstance(error, errors.Refused):
        error = AccessFlowDenied(error, scheme=context["view"].scheme)
    elif isinstance(error, errors.AccessFlowMFAError):
        error = _coded(error)
    elif isinstance(error, RequestDataTooBig):
        error = exceptions.ParseError("The body is too large.")
    elif isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(error.message_dict)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, AccessFlowDenied):
        note_denial(error, context["request"]._request, context["request"].user)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = _shaped(error)
    return response


def refused(outcome: CodeRefused | LockedOut) -> Response:
    """Return the answer to a code that was not accepted.

    A returned answer, not a raised error: nothing that was counted may be
    rolled back.
    """
    if isinstance(outcome, CodeRefused):
        return Response(
            {"detail": str(_("The code was not accepted.")), "code": "mfa_failed"},
            status=status.HTTP_400_BAD_REQUEST,
        )
    body = {
        "detail": str(_("Too many wrong codes. Wait, or use a recovery code.")),
        "code": "mfa_locked",
        "retry_after": outcome.retry_after_seconds,
    }
    return Response(
        body,
        status=status.HTTP_429_TOO_MANY_REQUESTS,
        headers={"Retry-After": str(outcome.retry_after_seconds)},
    )


def _coded(error: errors.AccessFlowMFAError) -> exceptions.APIException:
    if isinstance(error, errors.EnrollmentRefused):
        facts = {} if error.retry_after is None else {"retry_after": int(error.retry_after.total_seconds())}
        return CodedError(status.HTTP_403_FORBIDDEN, "enrollment_refused", error.detail, **facts)
    if isinstance(error, errors.ActInvalid):
        return exceptions.ValidationError({error.field: [_PROBLEMS[error.problem]]})
    if isinstance(error, errors.ActForbidden):
        return CodedError(status.HTTP_403_FORBIDDEN, error.code.value, _FORBIDDEN[error.code])
    if isinstance(error, errors.TransitionRefused):
        return CodedError(
            status.HTTP_409_CONFLICT,
            "transition_refused",
            _("The access request does not stand where this is possible."),
            status=str(error.status),
        )
    if isinstance(error, errors.RequestExists):
        return CodedError(
            status.HTTP_409_CONFLICT,
            "request_exists",
            _("You have an open request for this access flow already."),
            request=str(error.request),
        )
    if isinstance(error, errors.ResetForbidden):
        return CodedError(status.HTTP_403_FORBIDDEN, error.code.value, _RESET_FORBIDDEN[error.code])
    if type(error) in _CONFLICTS:
        return CodedError(status.HTTP_409_CONFLICT, *_CONFLICTS[type(error)])
    if isinstance(error, _NOT_FOUND):
        return exceptions.NotFound()
    raise error


def _shaped(error: exceptions.APIException) -> Any:
    if isinstance(error, (AccessFlowDenied, CodedError)):
        return error.detail
    if isinstance(error, exceptions.ValidationError):
        return {"detail": pgettext("mfa", "Invalid input."), "code": "invalid", "errors": error.detail}
    detail = error.detail
    code = getattr(detail, "code", error.default_code)
    shaped = {"detail": str(detail), "code": str(code)}
    wait = getattr(error, "wait", None)
    return shaped if wait is None else {**shaped, "retry_after": int(wait)}

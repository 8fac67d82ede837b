"""The errors of the domain.

::

    AccessFlowMFAError
    +-- Refused                    a guarded act is not allowed now
    |   +-- StepUpRequired         a fresh second factor would allow it
    |   +-- FlowUnknown
    |   +-- FlowInactive
    |   +-- CredentialUnsupported
    |   +-- AccessRequired         no access request of the caller is active
    +-- EnrollmentRefused          the policy of the installation says no
    +-- DeviceLimitReached
    +-- DeviceNotFound             no such device of this user
    +-- EnrollmentNotFound         nothing to confirm, or it has expired
    +-- VerificationNotFound       no such live verification of this user
    +-- FlowNotFound               no such flow to read or change
    +-- FlowExists                 another flow has this slug
    +-- FlowInUse                  routes or access requests belong to the flow
    +-- RoutesUnguarded            the middleware for guarded routes is not installed
    +-- RequestNotFound            no such access request, or none for these eyes
    +-- RequestExists              one is open already
    +-- ActForbidden               this person may not do this to the request
    +-- ActInvalid                 a field of the act is missing or out of range
    +-- TransitionRefused          the request has moved on
    +-- UserNotFound               no such user to reset
    +-- ResetForbidden             this administrator may not reset this user
    +-- ResetNotFound              nothing to confirm, or its time is over
    +-- ResetPending               one awaits a second administrator already
    +-- FactorsDisabled            too many wrong codes in a row: only a reset helps
    +-- SecretUnreadable           no key opens it, or it was moved
"""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from drf_accessflow_mfa.domain.challenge import Challenge, RefusalCode
from drf_accessflow_mfa.domain.reset import ResetRefusal


class ActRefusal(StrEnum):
    """Why somebody may not do something to an access request, as clients read it."""

    NOT_A_REQUESTER = "not_a_requester"
    NOT_AN_APPROVER = "not_an_approver"
    OWN_REQUEST = "own_request"
    NOT_THE_REQUESTER = "not_the_requester"


class FieldProblem(StrEnum):
    """What is wrong with a field of an act."""

    REQUIRED = "required"
    TOO_LONG = "too_long"


class AccessFlowMFAError(Exception):
    """The root of all errors that this package raises on purpose."""


class Refused(AccessFlowMFAError):
    """A guarded act is not allowed now."""

    code: RefusalCode
    flow: str | None = None


class StepUpRequired(Refused):
    """A fresh second factor would allow it."""

    def __init__(self, challenge: Challenge) -> None:
        super().__init__(challenge)
        self.challenge = challenge
        self.flow = challenge.requirement.flow
        self.code = challenge.code


class FlowUnknown(Refused):
    """The guard names no flow, or one that is not in the database."""

    code = RefusalCode.ACCESS_FLOW_UNKNOWN

    def __init__(self, flow: str | None) -> None:
        super().__init__(flow)
        self.flow = flow


class FlowInactive(Refused):
    """The flow is switched off, and with it everything that it guards."""

    code = RefusalCode.ACCESS_FLOW_INACTIVE

    def __init__(self, flow: str) -> None:
        super().__init__(flow)
        self.flow = flow


class CredentialUnsupported(Refused):
    """No verification can be tied to what authenticated the request."""

    code = RefusalCode.CREDENTIAL_UNSUPPORTED


class AccessRequired(Refused):
    """No access request of the caller is active under the flow."""

    code = RefusalCode.ACCESS_REQUIRED

    def __init__(self, flow: str) -> None:
        super().__init__(flow)
        self.flow = flow


class EnrollmentRefused(AccessFlowMFAError):
    """The ``ENROLLMENT_POLICY`` does not let this user enroll now."""

    def __init__(self, detail: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class DeviceLimitReached(AccessFlowMFAError):
    """The user has as many devices as the installation allows."""


class DeviceNotFound(AccessFlowMFAError):
    """The user has no such device."""


class EnrollmentNotFound(DeviceNotFound):
    """There is nothing to confirm, or it has expired."""


class VerificationNotFound(AccessFlowMFAError):
    """The user has no such live verification."""


class FlowNotFound(AccessFlowMFAError):
    """There is no such flow."""


class FlowExists(AccessFlowMFAError):
    """Another flow has this slug already."""


class FlowInUse(AccessFlowMFAError):
    """Routes or access requests belong to the flow: it can be switched off, not deleted."""


class RoutesUnguarded(AccessFlowMFAError):
    """The middleware that guards routes is not in ``MIDDLEWARE``."""


class RequestNotFound(AccessFlowMFAError):
    """There is no such access request, or none that this user may see."""


class RequestExists(AccessFlowMFAError):
    """The user has an open request under this flow already."""

    def __init__(self, request: UUID) -> None:
        super().__init__(request)
        self.request = request


class ActForbidden(AccessFlowMFAError):
    """This person may not do this to an access request."""

    def __init__(self, code: ActRefusal) -> None:
        super().__init__(code)
        self.code = code


class ActInvalid(AccessFlowMFAError):
    """A field of the act is missing or out of range."""

    def __init__(self, field: str, problem: FieldProblem) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem


class TransitionRefused(AccessFlowMFAError):
    """The request has moved on: this cannot happen to it any more, or not yet."""

    def __init__(self, status: str, event: str) -> None:
        super().__init__(status, event)
        self.status = status
        self.event = event


class UserNotFound(AccessFlowMFAError):
    """There is no such user."""


class ResetForbidden(AccessFlowMFAError):
    """This administrator may not reset this user's second factor."""

    def __init__(self, code: ResetRefusal) -> None:
        super().__init__(code)
        self.code = code


class ResetNotFound(AccessFlowMFAError):
    """No such reset awaits a second administrator, or its time is over."""


class ResetPending(AccessFlowMFAError):
    """A reset of this user awaits a second administrator already."""


class FactorsDisabled(AccessFlowMFAError):
    """So many wrong codes came in a row that the devices have to be replaced."""


class SecretUnreadable(AccessFlowMFAError):
    """No configured key opens the secret, or it belongs to another row."""

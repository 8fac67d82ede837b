"""Domain errors as DRF answers, translated once."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.challenge import RefusalCode
from drf_accessflow_mfa.domain.errors import Refused, StepUpRequired

_DETAILS = {
    RefusalCode.MFA_REQUIRED: _("This needs a fresh second factor."),
    RefusalCode.MFA_ENROLLMENT_REQUIRED: _("This needs a second factor. Set one up first."),
    RefusalCode.ACCESS_FLOW_UNKNOWN: _("The access flow that guards this does not exist."),
    RefusalCode.ACCESS_FLOW_INACTIVE: _("The access flow that guards this is inactive."),
    RefusalCode.ACCESS_REQUIRED: _("This needs an active access request."),
    RefusalCode.CREDENTIAL_UNSUPPORTED: _("This way of authenticating cannot carry a second factor."),
}


class AccessFlowDenied(APIException):
    """A guarded request was refused.

    ``detail`` is the JSON object of the answer. A challenge is a 401 with
    ``auth_header``, which DRF's handler passes through; it is no subclass of
    ``NotAuthenticated``, which would become a 403 for sessions.
    """

    def __init__(self, refusal: Refused, *, scheme: str, credential: str = "") -> None:
        super().__init__()
        self.refusal = refusal
        self.credential = credential
        if isinstance(refusal, StepUpRequired):
            self.status_code = status.HTTP_401_UNAUTHORIZED
            self.auth_header = refusal.challenge.header(scheme)
            self.detail = refusal.challenge.body(
                detail=str(_DETAILS[refusal.code]), verify_url=verify_url(), enroll_url=enroll_url()
            )
        else:
            self.status_code = status.HTTP_403_FORBIDDEN
            # Set here: the constructor of APIException would make strings of all values.
            body: Any = {
                "detail": str(_DETAILS[refusal.code]),
                "code": refusal.code.value,
                "flow": refusal.flow,
            }
            self.detail = body

    def get_codes(self) -> Any:
        """Return the code of the refusal."""
        return self.refusal.code.value


def verify_url() -> str:
    """Return where a client verifies."""
    return mfa_settings.verify_url or _reverse("verifications")


def enroll_url() -> str:
    """Return where a client enrolls."""
    return mfa_settings.enroll_url or _reverse("devices")


def _reverse(name: str) -> str:
    try:
        return reverse(f"drf_accessflow_mfa:{name}")
    except NoReverseMatch:
        return ""

"""The challenge: RFC 9470's header and the JSON body that goes with it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from drf_accessflow_mfa.domain.assurance import Requirement


class RefusalCode(StrEnum):
    """Why a guarded request was refused, as clients read it."""

    MFA_REQUIRED = "mfa_required"
    MFA_ENROLLMENT_REQUIRED = "mfa_enrollment_required"
    ACCESS_FLOW_UNKNOWN = "access_flow_unknown"
    ACCESS_FLOW_INACTIVE = "access_flow_inactive"
    CREDENTIAL_UNSUPPORTED = "credential_unsupported"
    ACCESS_REQUIRED = "access_required"


ERROR = "insufficient_user_authentication"
DESCRIPTION = "A fresh second factor is required"


class Challenge(NamedTuple):
    """A shortfall as a client needs to see it."""

    requirement: Requirement
    enrolled: bool
    methods: Sequence[str]
    further_acr_values: tuple[str, ...] = ()
    """What the identity provider that issued the token calls the same, from the settings."""

    @property
    def acr_values(self) -> list[str]:
        """Return the classes that meet the requirement, as names to ask for, preferred first."""
        return list(dict.fromkeys((self.requirement.acr.value, *self.further_acr_values)))

    @property
    def code(self) -> RefusalCode:
        """Return whether to verify or to enroll first."""
        return RefusalCode.MFA_REQUIRED if self.enrolled else RefusalCode.MFA_ENROLLMENT_REQUIRED

    @property
    def max_age_seconds(self) -> int:
        """Return the age limit in whole seconds."""
        return int(self.requirement.max_age.total_seconds())

    def header(self, scheme: str) -> str:
        """Return the ``WWW-Authenticate`` value for the scheme in use.

        Constants and numbers only: a name from the database could inject a
        parameter or break the header, so names stand in the body.
        """
        return (
            f'{scheme} error="{ERROR}", error_description="{DESCRIPTION}", '
            f'acr_values="{" ".join(self.acr_values)}", max_age="{self.max_age_seconds}"'
        )

    def body(self, *, detail: str, verify_url: str, enroll_url: str) -> dict[str, Any]:
        """Return the JSON object of the answer."""
        return {
            "detail": detail,
            "code": self.code.value,
            "flow": self.requirement.flow,
            "max_age": self.max_age_seconds,
            "acr_values": self.acr_values,
            "methods": list(self.methods),
            "enrolled": self.enrolled,
            "verify_url": verify_url,
            "enroll_url": enroll_url,
        }

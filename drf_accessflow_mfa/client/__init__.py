"""Clients of an API that steps up: an auth for httpx, and a command line.

It needs httpx alone: no Django, and of this package only ``domain``::

    client = httpx.Client(auth=StepUpAuth(httpx.BasicAuth("rita", password)))
    client.get("https://example.com/api/refunds/")  # asks for a code when it has to
"""

from drf_accessflow_mfa.client.auth import StepUpAuth
from drf_accessflow_mfa.client.challenge import Challenge, Enrollment
from drf_accessflow_mfa.client.errors import (
    BodyNotSentAgain,
    CodeRefused,
    EnrollmentRequired,
    Locked,
    NoCodeGiven,
    StepUpError,
    StepUpRejected,
)

__all__ = [
    "BodyNotSentAgain",
    "Challenge",
    "CodeRefused",
    "Enrollment",
    "EnrollmentRequired",
    "Locked",
    "NoCodeGiven",
    "StepUpAuth",
    "StepUpError",
    "StepUpRejected",
]

"""What a client can run into while it steps up.

::

    AccessFlowMFAError
    +-- StepUpError
        +-- EnrollmentRequired    the user has no device that would do
        +-- NoCodeGiven           nobody answered the prompt
        +-- CodeRefused           every code that was given was wrong
        +-- Locked                too many wrong codes: wait
        +-- StepUpRejected        the server answered a code with something else
        +-- BodyNotSentAgain      verified, but the body was a stream: try again

Each has the ``challenge`` that was being answered.
"""

from datetime import timedelta

import httpx

from drf_accessflow_mfa.client.challenge import Challenge
from drf_accessflow_mfa.domain.errors import AccessFlowMFAError


class StepUpError(AccessFlowMFAError):
    """A challenge could not be answered, or its request not be sent again."""

    # All arguments are positional: an error that several requests share is copied for each.
    def __init__(self, challenge: Challenge, *facts: object) -> None:
        super().__init__(challenge, *facts)
        self.challenge = challenge


class EnrollmentRequired(StepUpError):
    """The user has no device that would do, and must set one up first."""

    @property
    def enroll_url(self) -> httpx.URL | None:
        """Return where the server enrolls."""
        return self.challenge.enroll_url

    def __str__(self) -> str:
        return f"A second factor must be set up first, at {self.enroll_url or 'no address that it names'}."


class NoCodeGiven(StepUpError):
    """Nobody answered the prompt."""

    def __str__(self) -> str:
        return "This needs a code from an authenticator app, and none was given."


class CodeRefused(StepUpError):
    """Every code that was given was wrong."""

    def __init__(self, challenge: Challenge, attempts: int) -> None:
        super().__init__(challenge, attempts)
        self.attempts = attempts

    def __str__(self) -> str:
        return f"No code was accepted ({self.attempts} tried)."


class Locked(StepUpError):
    """Too many wrong codes: the server accepts none before ``retry_after`` has passed."""

    def __init__(self, challenge: Challenge, retry_after: timedelta | None) -> None:
        super().__init__(challenge, retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        wait = "later" if self.retry_after is None else f"in {self.retry_after.total_seconds():.0f} seconds"
        return f"Too many wrong codes. Try again {wait}."


class StepUpRejected(StepUpError):
    """The server answered a code, or an enrollment, with something that is no part of the contract."""

    def __init__(self, challenge: Challenge, status_code: int, code: str, detail: str) -> None:
        super().__init__(challenge, status_code, code, detail)
        self.status_code = status_code
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        said = ", ".join(filter(None, (self.code, self.detail)))
        return f"The server did not accept the step-up: {self.status_code} {said}".rstrip()


class BodyNotSentAgain(StepUpError):
    """The step-up succeeded, but the body of the request was a stream and is gone.

    Send the request again with a new stream: it will not be challenged.
    """

    def __str__(self) -> str:
        return "The second factor is verified. Send the request again: its body was a stream."

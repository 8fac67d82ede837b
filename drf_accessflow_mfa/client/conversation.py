"""One request with its step-up, as steps: what to send and whom to ask, without doing either.

The same conversation is held by the sync and by the async client.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import httpx

from drf_accessflow_mfa.client.challenge import (
    Challenge,
    Enrollment,
    announces_step_up,
    find_challenge,
    is_same_origin,
    json_object,
    retry_after_of,
)
from drf_accessflow_mfa.client.errors import (
    BodyNotSentAgain,
    CodeRefused,
    EnrollmentRequired,
    Locked,
    NoCodeGiven,
    StepUpError,
    StepUpRejected,
)
from drf_accessflow_mfa.client.requests import CSRFNames, can_be_sent_again, carry_cookies, post_beside
from drf_accessflow_mfa.client.rounds import Rounds


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request with the inner auth; the result is the answer, read where it is for us."""

    request: httpx.Request
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a code; the result is what was given, empty when nobody did."""

    challenge: Challenge


@dataclass(frozen=True, slots=True)
class Enroll:
    """Show an enrollment; the result is its first code, empty when nobody gave one."""

    enrollment: Enrollment


@dataclass(frozen=True, slots=True)
class KeepCodes:
    """Hand over the recovery codes, which are shown this once."""

    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """Wait until no other prompt is open; it is over at the next ``EndTurn``."""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """Let the next prompt open."""


Step = Send | Ask | Enroll | KeepCodes | TakeTurn | EndTurn
Steps = Generator[Step, Any, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a client answers."""

    attempts: int
    may_enroll: bool
    device_name: str
    csrf: CSRFNames


class Conversation:
    """One request, until it has its answer or an error."""

    def __init__(self, request: httpx.Request, *, rounds: Rounds, manners: Manners) -> None:
        self._request = request
        self._rounds = rounds
        self._manners = manners
        self._cookies = httpx.Cookies()
        self._can_be_sent_again = can_be_sent_again(request)

    def steps(self) -> Steps:
        """Yield what to do; send each result back. The last answer is the caller's.

        A round that another request has held is tried without asking. After
        a round of its own the request is sent once, whatever the answer says.
        """
        began = self._rounds.ended
        for is_last in (False, True):
            answer = yield Send(self._request)
            challenge = find_challenge(self._request.url, answer)
            if challenge is None:
                return
            self._cookies.extract_cookies(answer)
            has_asked = yield from self._pass(challenge, since=began)
            began = self._rounds.ended
            carry_cookies(self._request, self._cookies, self._manners.csrf)
            if not self._can_be_sent_again:
                raise BodyNotSentAgain(challenge)
            if has_asked or is_last:
                break
        yield Send(self._request)

    def _pass(self, challenge: Challenge, *, since: int) -> Generator[Step, Any, bool]:
        """Answer a challenge, or profit from who just did; tell whether somebody was asked."""
        yield TakeTurn()
        held = self._rounds.find(challenge, since=since)
        if held is None:
            yield from self._hold_round(challenge)
        else:
            self._cookies.update(held.cookies)
        yield EndTurn()
        return held is None

    def _hold_round(self, challenge: Challenge) -> Steps:
        try:
            yield from self._enroll(challenge) if challenge.needs_enrollment else self._verify(challenge)
        except StepUpError as error:
            self._rounds.end(challenge, cookies=self._cookies, error=error)
            raise
        self._rounds.end(challenge, cookies=self._cookies)

    def _verify(self, challenge: Challenge) -> Steps:
        for refusals in range(self._manners.attempts):
            code = yield Ask(replace(challenge, refusals=refusals))
            if (yield from self._post_code(challenge, challenge.verify_url, code)) is not None:
                return
        raise CodeRefused(challenge, self._manners.attempts)

    def _enroll(self, challenge: Challenge) -> Steps:
        if not self._manners.may_enroll or challenge.enroll_url is None:
            raise EnrollmentRequired(challenge)
        enrollment = yield from self._begin(challenge, challenge.enroll_url)
        url = challenge.enroll_url.join(f"{quote(enrollment.device, safe='')}/confirmation/")
        for refusals in range(self._manners.attempts):
            code = yield Enroll(replace(enrollment, refusals=refusals))
            confirmed = yield from self._post_code(challenge, url, code)
            if confirmed is not None:
                codes = confirmed.get("recovery_codes")
                if codes:
                    yield KeepCodes(tuple(map(str, codes)))
                return
        raise CodeRefused(challenge, self._manners.attempts)

    def _begin(self, challenge: Challenge, url: httpx.URL) -> Generator[Step, Any, Enrollment]:
        answer = yield from self._post(challenge, url, {"name": self._manners.device_name})
        if announces_step_up(answer):
            # Another app would not do: no device of this user is of the class that is asked for.
            raise EnrollmentRequired(challenge)
        begun = json_object(answer)
        if answer.status_code != httpx.codes.CREATED or not begun.get("id"):
            raise _rejection(challenge, answer)
        return Enrollment(
            challenge=challenge,
            device=str(begun["id"]),
            secret=str(begun.get("secret", "")),
            otpauth_uri=str(begun.get("otpauth_uri", "")),
            qr_svg=str(begun.get("qr_svg", "")),
        )

    def _post_code(
        self, challenge: Challenge, url: httpx.URL, code: str
    ) -> Generator[Step, Any, Mapping[str, Any] | None]:
        """Return what the server says to a right code, ``None`` for a wrong one."""
        if not code:
            raise NoCodeGiven(challenge)
        answer = yield from self._post(challenge, url, {"code": code})
        body = json_object(answer)
        if answer.status_code in (httpx.codes.OK, httpx.codes.CREATED):
            return body
        if answer.status_code == httpx.codes.BAD_REQUEST and body.get("code") == "mfa_failed":
            return None
        raise _rejection(challenge, answer)

    def _post(
        self, challenge: Challenge, url: httpx.URL, body: Mapping[str, str]
    ) -> Generator[Step, Any, httpx.Response]:
        csrf = self._manners.csrf
        carry_cookies(self._request, self._cookies, csrf)
        answer: httpx.Response = yield Send(
            post_beside(self._request, url, body, challenge=challenge, csrf=csrf), is_ours=True
        )
        arrived = answer.request.url  # the inner auth may have put a credential into its query
        if not is_same_origin(arrived, url) or arrived.path != url.path:
            raise StepUpRejected(challenge, answer.status_code, "", "It redirected the code.")
        self._cookies.extract_cookies(answer)
        return answer


def _rejection(challenge: Challenge, answer: httpx.Response) -> StepUpError:
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return Locked(challenge, retry_after_of(answer))
    body = json_object(answer)
    return StepUpRejected(
        challenge, answer.status_code, str(body.get("code", "")), str(body.get("detail", ""))
    )

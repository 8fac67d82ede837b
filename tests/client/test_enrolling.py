"""Enrolling on the way, and what a server can answer to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from drf_accessflow_mfa.client import (
    CodeRefused,
    EnrollmentRequired,
    Locked,
    NoCodeGiven,
    StepUpAuth,
    StepUpError,
    StepUpRejected,
)
from drf_accessflow_mfa.domain.errors import AccessFlowMFAError
from tests.client.members import giving, never
from tests.client.network import CODE, Network, challenge
from tests.client.test_origin import CALLED

DEVICES = "https://api.example/mfa/devices/"
FIRST = challenge(code="mfa_enrollment_required", enrolled=False)
WRONG = httpx.Response(400, json={"code": "mfa_failed"})


def begun(**fields: Any) -> httpx.Response:
    body = {"id": "app-1", "secret": "ABC", "otpauth_uri": "otpauth://totp/x", "qr_svg": "<svg/>", **fields}
    return httpx.Response(201, json=body)


def call(network: Network, enroll: Callable[[Any], str], kept: list[str] | None = None) -> httpx.Response:
    auth = StepUpAuth(ask=never, enroll=enroll, keep_codes=(kept if kept is not None else []).extend)
    return httpx.Client(transport=httpx.MockTransport(network), auth=auth).get(CALLED)


def test_the_recovery_codes_are_handed_over_before_the_request_is_sent_again() -> None:
    def confirm(request: httpx.Request) -> httpx.Response:
        network.verified = True
        return httpx.Response(200, json={"device": {}, "recovery_codes": ["AAAA-BBBB"]})

    network = Network({CALLED: FIRST, DEVICES: begun(), f"{DEVICES}app-1/confirmation/": confirm})
    kept: list[str] = []

    assert call(network, giving(CODE), kept).status_code == 200
    assert kept == ["AAAA-BBBB"]
    assert network.requests[1].content == b'{"name": "Authenticator app"}'


def test_who_has_a_device_that_would_not_do_must_enroll_another_kind_elsewhere() -> None:
    network = Network({CALLED: FIRST, DEVICES: lambda request: challenge()})

    with pytest.raises(EnrollmentRequired):
        call(network, never)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"code": "enrollment_refused", "detail": "Ask your team."}),
        httpx.Response(409, json={"code": "device_limit_reached"}),
        httpx.Response(500, text="broken"),
        httpx.Response(201, json={"no": "id"}),
    ],
)
def test_an_enrollment_that_the_server_refuses_is_an_error(answer: httpx.Response) -> None:
    with pytest.raises(StepUpRejected) as caught:
        call(Network({CALLED: FIRST, DEVICES: lambda request: answer}), never)

    assert caught.value.status_code == answer.status_code
    assert str(answer.status_code) in str(caught.value)


def test_three_wrong_first_codes_are_enough() -> None:
    confirmation = f"{DEVICES}app-1/confirmation/"
    enroll = giving(*[CODE] * 4)

    with pytest.raises(CodeRefused):
        call(Network({CALLED: FIRST, DEVICES: begun(), confirmation: lambda request: WRONG}), enroll)

    assert [enrollment.refusals for enrollment in enroll.asked] == [0, 1, 2]


def test_a_device_with_a_hostile_name_stays_below_the_devices() -> None:
    hostile = "https://evil.example/?#/../x"
    network = Network({CALLED: FIRST, DEVICES: begun(id=hostile)})
    network.answers[f"{DEVICES}https%3A%2F%2Fevil.example%2F%3F%23%2F..%2Fx/confirmation/"] = WRONG

    with pytest.raises((CodeRefused, StepUpRejected)):
        call(network, giving(*[CODE] * 3))

    assert network.hosts_that_saw_a_code <= {"api.example"}
    assert {request.url.path.startswith("/mfa/devices/") for request in network.requests[1:]} == {True}


def test_every_error_says_what_to_do() -> None:
    asked = caught_challenge()
    said = {
        EnrollmentRequired(asked): "set up first, at https://api.example/mfa/devices/",
        NoCodeGiven(asked): "needs a code",
        CodeRefused(asked, 3): "(3 tried)",
        Locked(asked, timedelta(seconds=30)): "in 30 seconds",
        Locked(asked, None): "later",
        StepUpRejected(asked, 403, "enrollment_refused", "Ask your team."): "403 enrollment_refused, Ask",
    }

    for error, text in said.items():
        assert text in str(error)
        assert isinstance(error, StepUpError)
        assert isinstance(error, AccessFlowMFAError)


def caught_challenge() -> Any:
    with pytest.raises(NoCodeGiven) as caught:
        httpx.Client(
            transport=httpx.MockTransport(Network({CALLED: challenge()})), auth=StepUpAuth(ask=giving(""))
        ).get(CALLED)
    return caught.value.challenge

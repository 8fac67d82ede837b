"""A challenge is answered only when it comes from the origin that was called, and only there."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from drf_accessflow_mfa.client import EnrollmentRequired, Locked, StepUpAuth, StepUpRejected
from tests.client.members import giving, never
from tests.client.network import CODE, HEADER, Network, challenge
from tests.client.servers import serve

CALLED = "https://api.example/refunds/"


def client_of(network: Network, ask: Any = None, **options: Any) -> httpx.Client:
    auth = StepUpAuth(("rita", "password"), ask=ask or giving(CODE), **options)
    return httpx.Client(transport=httpx.MockTransport(network), auth=auth, follow_redirects=True)


@pytest.mark.parametrize(
    ("verify_url", "resolved"),
    [
        ("/mfa/verifications/", "https://api.example/mfa/verifications/"),
        ("../mfa/verifications/", "https://api.example/mfa/verifications/"),
        ("https://api.example/verifications/", "https://api.example/verifications/"),
        ("https://api.example:443/verifications/", "https://api.example/verifications/"),
        ("HTTPS://API.EXAMPLE/verifications/", "https://api.example/verifications/"),
        ("//api.example/verifications/", "https://api.example/verifications/"),
    ],
)
def test_the_code_goes_to_the_verify_url_of_the_origin(verify_url: str, resolved: str) -> None:
    network = Network({CALLED: challenge(verify_url=verify_url)})

    answer = client_of(network).get(CALLED)

    assert answer.status_code == 200
    assert network.sent == [("GET", CALLED), ("POST", resolved), ("GET", CALLED)]


@pytest.mark.parametrize(
    "verify_url",
    [
        "https://evil.example/verifications/",
        "//evil.example/verifications/",
        "http://api.example/verifications/",
        "https://api.example:8443/verifications/",
        "https://api.example.evil.example/verifications/",
        "https://api.example@evil.example/verifications/",
        "https://evil.example\\@api.example/verifications/",
        "javascript:alert(1)",
        "https://[",
        "https://api.example:port/verifications/",
        "",
        None,
        42,
        ["/mfa/verifications/"],
    ],
)
def test_a_verify_url_that_points_elsewhere_is_not_answered(verify_url: object) -> None:
    network = Network({CALLED: challenge(verify_url=verify_url)})

    answer = client_of(network, ask=never).get(CALLED)

    assert answer.status_code == 401
    assert network.sent == [("GET", CALLED)]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "http://api.example/", "https://api.example:444/"]
)
def test_a_challenge_after_a_redirect_to_another_origin_is_not_answered(elsewhere: str) -> None:
    moved = httpx.Response(302, headers={"Location": elsewhere})
    network = Network({CALLED: moved, elsewhere: challenge()})

    answer = client_of(network, ask=never).get(CALLED)

    assert answer.status_code == 401
    assert network.sent == [("GET", CALLED), ("GET", elsewhere)]


def test_not_even_when_it_names_the_origin_that_was_called() -> None:
    moved = httpx.Response(302, headers={"Location": "https://evil.example/"})
    hostile = challenge(verify_url="https://api.example/mfa/verifications/")

    answer = client_of(Network({CALLED: moved, "https://evil.example/": hostile}), ask=never).get(CALLED)

    assert answer.status_code == 401


def test_a_challenge_after_a_redirect_within_the_origin_is_answered() -> None:
    moved = httpx.Response(302, headers={"Location": "/new/"})
    network = Network({CALLED: moved, "https://api.example/new/": challenge()})
    network_answer = client_of(network).get(CALLED)

    assert network_answer.status_code == 200
    assert network.sent[2] == ("POST", "https://api.example/mfa/verifications/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_code_is_never_passed_on_by_a_redirect(status: int) -> None:
    """Over real connections: what a redirect repeats is up to the transport."""
    with serve(lambda request: (200, {}, b"")) as evil, serve(lambda request: answers[request.path]) as api:
        answers = {
            "/refunds/": (401, {"WWW-Authenticate": HEADER}, challenge().content),
            "/mfa/verifications/": (status, {"Location": f"{evil.address}/verifications/"}, b""),
        }
        client = httpx.Client(auth=StepUpAuth(ask=giving(CODE)), follow_redirects=True)

        with client, pytest.raises(StepUpRejected, match="redirected"):
            client.get(f"{api.address}/refunds/")

    assert any(CODE.encode() in body for body in api.bodies)
    assert not any(CODE.encode() in body for body in evil.bodies)


@pytest.mark.parametrize(
    "answer",
    [
        challenge('Token realm="api"'),
        challenge('Token error="invalid_token"'),
        challenge('Basic realm="error=\\"insufficient_user_authentication\\""'),
        challenge(code="access_flow_unknown"),
        challenge(code=["mfa_required"]),
        httpx.Response(401, headers={"WWW-Authenticate": HEADER}),
        httpx.Response(401, headers={"WWW-Authenticate": HEADER}, json=["mfa_required"]),
        httpx.Response(
            403,
            headers={"WWW-Authenticate": HEADER},
            json=challenge().json(),
        ),
    ],
)
def test_what_is_no_challenge_of_the_contract_is_given_back(answer: httpx.Response) -> None:
    network = Network({CALLED: answer})

    assert client_of(network, ask=never).get(CALLED).status_code == answer.status_code
    assert network.sent == [("GET", CALLED)]


def test_our_challenge_is_found_among_others() -> None:
    headers = [
        ("WWW-Authenticate", "broken ="),
        ("WWW-Authenticate", f'Basic realm="a, b", {HEADER}'),
    ]
    network = Network({CALLED: httpx.Response(401, headers=headers, json=challenge().json())})

    assert client_of(network).get(CALLED).status_code == 200


def test_a_challenge_again_after_a_success_is_given_back() -> None:
    network = Network({CALLED: lambda request: challenge()})

    answer = client_of(network).get(CALLED)

    assert answer.status_code == 401
    assert [method for method, _ in network.sent] == ["GET", "POST", "GET"]


def test_an_enroll_url_that_points_elsewhere_is_not_told() -> None:
    hostile = challenge(code="mfa_enrollment_required", enroll_url="https://evil.example/")

    with pytest.raises(EnrollmentRequired) as caught:
        client_of(Network({CALLED: hostile}), enroll=never).get(CALLED)

    assert caught.value.enroll_url is None


@pytest.mark.parametrize(
    ("locked", "expected"),
    [
        (httpx.Response(429, json={"code": "mfa_locked", "retry_after": 30}), timedelta(seconds=30)),
        (httpx.Response(429, headers={"Retry-After": "12"}), timedelta(seconds=12)),
        (httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), None),
        (httpx.Response(429, json={"retry_after": 10**30}), None),
        (httpx.Response(429, json={"retry_after": "soon"}), None),
    ],
)
def test_a_lock_says_how_long_as_far_as_the_server_does(
    locked: httpx.Response, expected: timedelta | None
) -> None:
    network = Network({CALLED: challenge(), "https://api.example/mfa/verifications/": lambda request: locked})

    with pytest.raises(Locked) as caught:
        client_of(network).get(CALLED)

    assert caught.value.retry_after == expected

"""What goes along with a code, and what is sent again."""

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from drf_accessflow_mfa.client import BodyNotSentAgain, StepUpAuth
from tests.client.members import giving, never
from tests.client.network import CODE, Network, challenge
from tests.client.test_origin import CALLED, client_of
from tests.support.loops import in_a_loop_of_its_own

CARRIED = {
    "Authorization": "Token abc",
    "X-Api-Key": "key",
    "Cookie": "sessionid=old; csrftoken=old",
    "User-Agent": "tests",
    "Accept-Language": "de",
    "Origin": "https://api.example",
}
NOT_CARRIED = {
    "Accept": "text/csv",
    "Content-Encoding": "gzip",
    "If-Match": "etag",
    "Idempotency-Key": "1",
    "Range": "bytes=0-1",
    "X-HTTP-Method-Override": "DELETE",
}


def stream() -> Iterator[bytes]:
    yield b"spoken "
    yield b"once"


async def async_stream() -> AsyncIterator[bytes]:
    yield b"spoken once"


def plain_client(network: Network, **options: Any) -> httpx.Client:
    auth = StepUpAuth(ask=giving(CODE), **options)
    return httpx.Client(transport=httpx.MockTransport(network), auth=auth)


def test_the_verification_carries_the_credential_and_nothing_of_the_request() -> None:
    network = Network({CALLED: challenge()})

    plain_client(network).put(CALLED, headers={**CARRIED, **NOT_CARRIED}, content=b"zipped")

    sent, verification, sent_again = network.requests
    assert {name: verification.headers[name] for name in CARRIED} == CARRIED
    assert verification.headers["Accept"] == "application/json"
    assert not {name for name in NOT_CARRIED if name != "Accept" and name in verification.headers}
    assert verification.headers["X-CSRFToken"] == "old"
    assert verification.content == b'{"code": "123456"}'
    assert sent.content == sent_again.content == b"zipped"


def test_over_tls_a_session_says_where_it_comes_from() -> None:
    network = Network({CALLED: challenge()})

    plain_client(network).get(CALLED, headers={"Cookie": "csrftoken=old"})

    assert network.requests[1].headers["Referer"] == "https://api.example/mfa/verifications/"


def test_new_cookies_replace_the_old_ones_of_their_name_and_path() -> None:
    def verify(request: httpx.Request) -> httpx.Response:
        network.verified = True
        cookies = ("csrftoken=new; Path=/", "sessionid=new; Path=/; HttpOnly", "other=x; Path=/mfa/")
        return httpx.Response(201, headers=[("Set-Cookie", cookie) for cookie in cookies], json={})

    network = Network({CALLED: challenge(), "https://api.example/mfa/verifications/": verify})
    headers = {"Cookie": "sessionid=old; theme=dark; csrftoken=old", "X-CSRFToken": "old"}

    plain_client(network).post(CALLED, headers=headers)

    sent_again = network.requests[-1]
    assert sent_again.headers["Cookie"] == "sessionid=new; theme=dark; csrftoken=new"
    assert sent_again.headers["X-CSRFToken"] == "new"


def test_other_names_of_cookie_and_header_are_settings() -> None:
    network = Network({CALLED: challenge()})
    client = plain_client(network, csrf_cookie="xsrf", csrf_header="X-XSRF")

    client.get(CALLED, headers={"Cookie": "xsrf=abc"})

    assert network.requests[1].headers["X-XSRF"] == "abc"


@pytest.mark.parametrize(
    "body",
    [
        {"content": stream()},
        {"content": io.BytesIO(b"from a file")},
        {"files": {"file": ("a.txt", io.BytesIO(b"from a file"))}},
        {"data": {"a": "1"}, "files": [("one", b"bytes"), ("other", io.BytesIO(b"from a file"))]},
    ],
)
def test_a_stream_is_verified_for_but_not_sent_again(body: dict[str, Any]) -> None:
    network = Network({CALLED: challenge()})

    with pytest.raises(BodyNotSentAgain, match="Send the request again"):
        client_of(network).post(CALLED, **body)

    assert [method for method, _ in network.sent] == ["POST", "POST"]
    assert network.verified
    assert client_of(network, ask=never).post(CALLED, content=stream()).status_code == 200


def test_a_stream_in_a_request_made_before_is_not_sent_again() -> None:
    network = Network({CALLED: challenge()})
    request = httpx.Request("POST", CALLED, content=stream())

    with pytest.raises(BodyNotSentAgain):
        client_of(network).send(request)

    assert [method for method, _ in network.sent] == ["POST", "POST"]


@pytest.mark.parametrize("files", [None, {"file": io.BytesIO(b"from a file")}], ids=["stream", "file"])
def test_an_async_stream_is_not_sent_again(files: Any) -> None:
    network = Network({CALLED: challenge()})
    body = {"content": async_stream()} if files is None else {"files": files}

    async def post() -> None:
        auth = StepUpAuth(ask=giving(CODE))
        async with httpx.AsyncClient(transport=httpx.MockTransport(network), auth=auth) as client:
            await client.post(CALLED, **body)

    with pytest.raises(BodyNotSentAgain):
        in_a_loop_of_its_own(post())

    assert [method for method, _ in network.sent] == ["POST", "POST"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": b"bytes"},
        {"json": {"a": 1}},
        {"data": {"a": "1"}},
        {"data": {"a": "1"}, "files": {"file": ("a.txt", b"bytes")}},
    ],
)
def test_what_is_in_memory_is_sent_again(body: dict[str, Any]) -> None:
    network = Network({CALLED: challenge()})

    assert client_of(network).post(CALLED, **body).status_code == 200

    sent, _, sent_again = network.requests
    assert sent.content == sent_again.content


def test_an_inner_auth_of_several_requests_is_gone_through_each_time() -> None:
    def digest(request: httpx.Request) -> httpx.Response:
        if "Authorization" not in request.headers:
            header = 'Digest realm="api", nonce="abc", qop="auth", algorithm=MD5'
            return httpx.Response(401, headers={"WWW-Authenticate": header})
        if request.url.path.startswith("/mfa/"):
            network.verified = True
            return httpx.Response(201, json={})
        return httpx.Response(200) if network.verified else challenge()

    network = Network({CALLED: digest, "https://api.example/mfa/verifications/": digest})
    auth = StepUpAuth(httpx.DigestAuth("rita", "password"), ask=giving(CODE))

    answer = httpx.Client(transport=httpx.MockTransport(network), auth=auth).get(CALLED)

    assert answer.status_code == 200


def test_an_inner_auth_that_signs_the_body_sees_the_code() -> None:
    class Signing(httpx.Auth):
        requires_request_body = True

        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["X-Signature"] = str(len(request.content))
            yield request

    network = Network({CALLED: challenge()})
    client = httpx.Client(
        transport=httpx.MockTransport(network), auth=StepUpAuth(Signing(), ask=giving(CODE))
    )

    assert client.get(CALLED).status_code == 200
    assert network.requests[1].headers["X-Signature"] == str(len(b'{"code": "123456"}'))

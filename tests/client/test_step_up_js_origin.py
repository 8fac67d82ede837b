"""step-up.js answers only a challenge from the origin that was called, and only there."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from tests.client.network import CODE, HEADER, challenge
from tests.client.node import run_node
from tests.client.servers import Answer, Server, serve

pytestmark = pytest.mark.needs("node")


class Site:
    """A server whose answers are set after its address, and so its origin, is known."""

    def __init__(self, opened: ExitStack) -> None:
        self.answers: dict[str, Answer] = {}
        self.server: Server = opened.enter_context(serve(lambda request: self.answers[request.path]))

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def codes(self) -> list[bytes]:
        return [body for body in self.server.bodies if CODE.encode() in body]


def challenging(header: str | None = HEADER, **fields: Any) -> Answer:
    headers: Mapping[str, str] = {} if header is None else {"WWW-Authenticate": header}
    return 401, {"Content-Type": "application/json", **headers}, challenge(**fields).content


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site]]:
    """Ours, and one that is not to be trusted."""
    with ExitStack() as opened:
        ours, evil = Site(opened), Site(opened)
        for site in (ours, evil):
            site.answers["/mfa/verifications/"] = (201, {}, b"{}")
        yield ours, evil


def call(site: Site, **options: Any) -> Any:
    return run_node("call", url=f"{site.address}/refunds/", codes=[CODE], **options)


def test_a_challenge_again_after_a_success_is_given_back(sites: tuple[Site, Site]) -> None:
    ours, _ = sites
    ours.answers["/refunds/"] = challenging(f'Negotiate, Basic realm="a, b", {HEADER}')

    done = call(ours)

    assert done["answers"][0]["status"] == 401
    assert [url.removeprefix(ours.address) for _, url, _ in done["sent"]] == [
        "/refunds/",
        "/mfa/verifications/",
        "/refunds/",
    ]


@pytest.mark.parametrize(
    "place", ["{evil}/mfa/verifications/", "//{host}/mfa/verifications/", "http://[", "", None, 42]
)
def test_a_verify_url_that_points_elsewhere_is_not_answered(sites: tuple[Site, Site], place: Any) -> None:
    ours, evil = sites
    if isinstance(place, str):
        place = place.format(evil=evil.address, host=evil.address.removeprefix("http://"))
    ours.answers["/refunds/"] = challenging(verify_url=place)

    done = call(ours)

    assert done["answers"][0]["status"] == 401
    assert (done["asked"], evil.server.bodies) == ([], [])


@pytest.mark.parametrize("place", ["{evil}/mfa/verifications/", "{ours}/mfa/verifications/"])
def test_a_challenge_after_a_redirect_to_another_origin_is_not_answered(
    sites: tuple[Site, Site], place: str
) -> None:
    ours, evil = sites
    verify_url = place.format(evil=evil.address, ours=ours.address)
    ours.answers["/refunds/"] = (302, {"Location": f"{evil.address}/"}, b"")
    evil.answers["/"] = challenging(verify_url=verify_url)

    done = call(ours)

    assert (done["answers"][0]["status"], done["asked"]) == (401, [])
    assert evil.codes == ours.codes == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_code_is_never_passed_on_by_a_redirect(sites: tuple[Site, Site], status: int) -> None:
    ours, evil = sites
    ours.answers["/refunds/"] = challenging()
    ours.answers["/mfa/verifications/"] = (status, {"Location": f"{evil.address}/mfa/verifications/"}, b"")

    done = call(ours)

    assert done["answers"][0]["error"] == "TypeError"
    assert (len(ours.codes), evil.server.bodies) == (1, [])


@pytest.mark.parametrize(
    "answer",
    [
        challenging(None),
        challenging('Token error="invalid_token"'),
        challenging(f"{HEADER} broken"),
        challenging(code="access_flow_unknown"),
        (401, {"WWW-Authenticate": HEADER}, b"no JSON"),
        (403, {"WWW-Authenticate": HEADER}, challenge().content),
    ],
)
def test_what_is_no_challenge_of_the_contract_is_given_back(sites: tuple[Site, Site], answer: Answer) -> None:
    ours, _ = sites
    ours.answers["/refunds/"] = answer

    done = call(ours)

    assert (done["answers"][0]["status"], done["asked"]) == (answer[0], [])


def test_the_csrf_token_of_the_page_goes_to_no_other_origin(sites: tuple[Site, Site]) -> None:
    ours, evil = sites
    ours.answers["/refunds/"] = (200, {"Set-Cookie": "csrftoken=secret"}, b"{}")

    at_home = call(ours, method="POST", again=True)
    elsewhere = call(ours, method="POST", again=True, origin=evil.address)

    assert at_home["sent"][1][2]["x-csrftoken"] == "secret"
    assert "x-csrftoken" not in elsewhere["sent"][1][2]


def test_a_verification_carries_the_credential_and_nothing_of_the_call(sites: tuple[Site, Site]) -> None:
    ours, _ = sites
    ours.answers["/refunds/"] = challenging()
    carried = {"authorization": "Token abc", "x-api-key": "key", "accept-language": "de"}
    not_carried = {"if-match": "etag", "idempotency-key": "1", "x-http-method-override": "DELETE"}

    done = call(ours, method="PUT", body="text", headers={**carried, **not_carried, "accept": "text/csv"})

    _, _, headers = done["sent"][1]
    assert {name: headers[name] for name in carried} == carried
    assert headers["accept"] == headers["content-type"] == "application/json"
    assert not set(not_carried) & set(headers)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"isThrough": True}, {"status": 401}),
        ({"isThrough": False}, {"error": "NoCodeGiven"}),
        ({"isThrough": True, "hasDialog": False}, {"error": "NoCodeGiven"}),
    ],
)
def test_the_ready_made_fetch_leaves_it_to_the_dialog_of_the_page(
    sites: tuple[Site, Site], page: dict[str, bool], expected: dict[str, Any]
) -> None:
    ours, _ = sites
    ours.answers["/refunds/"] = challenging()

    done = run_node("withDialog", url=f"{ours.address}/refunds/", **page)

    assert done == expected
    assert ours.codes == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (challenging(), "EnrollmentRequired"),
        ((403, {}, b'{"code": "enrollment_refused"}'), "StepUpRejected"),
        ((201, {}, b"{}"), "StepUpRejected"),
    ],
)
def test_an_enrollment_that_the_server_refuses_is_an_error(
    sites: tuple[Site, Site], answer: Answer, error: str
) -> None:
    ours, _ = sites
    ours.answers["/refunds/"] = challenging(code="mfa_enrollment_required")
    ours.answers["/mfa/devices/"] = answer

    assert call(ours, enrolls=True)["answers"][0]["error"] == error

"""``StepUpAuth`` against the running example, with each kind of credential, sync and async."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from drf_accessflow_mfa.client import (
    BodyNotSentAgain,
    CodeRefused,
    EnrollmentRequired,
    Locked,
    NoCodeGiven,
    StepUpAuth,
    StepUpRejected,
)
from tests.client.members import DEVICES, KINDS, VAULT, VERIFICATIONS, Member, csrf_of, giving, never
from tests.support.clients import PASSWORD
from tests.support.loops import in_a_loop_of_its_own

each_credential = pytest.mark.parametrize("kind", KINDS)


@each_credential
def test_a_challenged_request_is_made_again_after_one_code(rita: Member, kind: str) -> None:
    ask = giving(rita.next_code)
    client = rita.client(kind, ask=ask)

    answer = client.get(VAULT)

    assert answer.status_code == 200
    assert answer.json()["opened_by"] == rita.username
    [challenge] = ask.asked
    assert (challenge.flow, challenge.max_age) == ("production-database", timedelta(hours=1))
    assert str(challenge.verify_url) == f"{rita.server.base_url}{VERIFICATIONS}"
    assert client.get(VAULT).status_code == 200


@each_credential
def test_the_same_under_asyncio(rita: Member, kind: str) -> None:
    async def call() -> httpx.Response:
        async with AsyncExitStack() as opened:
            client = await rita.async_client(kind, opened, ask=giving(rita.next_code))
            first = await client.get(VAULT)
            assert (await client.get(VAULT)).status_code == 200
            return first

    answer = in_a_loop_of_its_own(call())

    assert answer.status_code == 200
    assert answer.json()["opened_by"] == rita.username


@each_credential
def test_a_body_in_memory_arrives_once_and_whole(rita: Member, kind: str) -> None:
    client = rita.client(kind, ask=giving(rita.next_code))

    answer = client.post(VAULT, json={"note": "Checked."}, headers=csrf_of(client))

    assert (answer.status_code, answer.json()["note"]) == (201, "Checked.")


def test_a_session_goes_on_with_its_new_key_and_csrf_token(rita: Member) -> None:
    client = rita.client("session", ask=giving(rita.next_code))
    before = dict(client.cookies)

    answer = client.post(VAULT, json={"note": "First."}, headers=csrf_of(client))
    again = client.post(VAULT, json={"note": "Second."}, headers=csrf_of(client))

    assert (answer.status_code, again.status_code) == (201, 201)
    after = dict(client.cookies)
    assert after["sessionid"] != before["sessionid"]
    assert after["csrftoken"] != before["csrftoken"]
    assert answer.request.headers["X-CSRFToken"] == after["csrftoken"]


def test_an_async_prompt_is_awaited(rita: Member) -> None:
    async def ask(challenge: object) -> str:
        await asyncio.sleep(0)
        return rita.next_code()

    async def call() -> int:
        async with AsyncExitStack() as opened:
            client = await rita.async_client("token", opened, ask=ask)
            return (await client.get(VAULT)).status_code

    assert in_a_loop_of_its_own(call()) == 200


def test_an_async_prompt_under_a_sync_client_is_a_mistake_that_is_named(rita: Member) -> None:
    async def ask(challenge: object) -> str:
        return ""

    client = rita.client("token", ask=ask)

    with pytest.raises(TypeError, match="AsyncClient"):
        client.get(VAULT)


@pytest.mark.parametrize("form", ["tuple", "callable", "auth", "address"])
def test_any_form_of_inner_auth_is_wrapped(rita: Member, form: str) -> None:
    basic = httpx.BasicAuth(rita.username, PASSWORD)

    def authorize(request: httpx.Request) -> httpx.Request:
        return next(basic.auth_flow(request))

    inner = {"tuple": rita.inner("basic"), "callable": authorize, "auth": basic, "address": None}[form]
    address = httpx.URL(f"{rita.server.base_url}{VAULT}")
    if form == "address":
        address = address.copy_with(username=rita.username, password=PASSWORD)

    answer = httpx.get(address, auth=StepUpAuth(inner, ask=giving(rita.next_code)))

    assert answer.status_code == 200


def test_what_is_no_auth_is_refused() -> None:
    with pytest.raises(TypeError, match="No auth"):
        StepUpAuth(42)  # type: ignore[arg-type]


def test_after_a_wrong_code_it_asks_again(rita: Member) -> None:
    ask = giving(rita.wrong_code(), rita.next_code)

    answer = rita.client("token", ask=ask).get(VAULT)

    assert answer.status_code == 200
    assert [challenge.refusals for challenge in ask.asked] == [0, 1]


def test_it_gives_up_after_three_wrong_codes(rita: Member) -> None:
    ask = giving(*[rita.wrong_code()] * 4)

    with pytest.raises(CodeRefused) as caught:
        rita.client("token", ask=ask).get(VAULT)

    assert (caught.value.attempts, len(ask.asked)) == (3, 3)
    assert caught.value.challenge.flow == "production-database"


def test_a_lock_is_told_and_not_waited_for(rita: Member) -> None:
    client = rita.client("token", ask=giving(*[rita.wrong_code()] * 9), attempts=9)

    with pytest.raises(Locked) as caught:
        client.get(VAULT)

    assert timedelta(seconds=1) <= caught.value.retry_after <= timedelta(seconds=30)


def test_who_gives_no_code_is_not_counted(rita: Member) -> None:
    client = rita.client("token", ask=giving("", rita.next_code))

    with pytest.raises(NoCodeGiven):
        client.get(VAULT)

    assert client.get(VAULT).status_code == 200


def test_a_recovery_code_does_as_well(rita: Member) -> None:
    assert rita.client("token", ask=giving(rita.recovery_codes[0])).get(VAULT).status_code == 200


def test_without_a_device_the_error_says_where_to_enroll(nina: Member) -> None:
    with pytest.raises(EnrollmentRequired) as caught:
        nina.client("token", ask=never).get(VAULT)

    assert str(caught.value.enroll_url) == f"{nina.server.base_url}{DEVICES}"


@each_credential
@pytest.mark.parametrize("first", ["right", "wrong"])
def test_enrolling_on_the_way_opens_the_vault(nina: Member, kind: str, first: str) -> None:
    def enroll(enrollment: object) -> str:
        nina.secret = enrollment.secret  # type: ignore[attr-defined]
        assert nina.secret in enrollment.otpauth_uri  # type: ignore[attr-defined]
        assert nina.secret not in repr(enrollment)
        return nina.wrong_code() if first == "wrong" and not enrollment.refusals else nina.code()  # type: ignore[attr-defined]

    kept: list[str] = []
    client = nina.client(kind, ask=never, enroll=enroll, keep_codes=kept.extend, device_name="Her phone")

    answer = client.post(VAULT, json={"note": "In."}, headers=csrf_of(client))

    assert answer.status_code == 201
    assert len(kept) == 10
    assert client.get(DEVICES).json()[0]["name"] == "Her phone"


def test_enrolling_on_the_way_works_async(nina: Member) -> None:
    kept: list[str] = []

    async def enroll(enrollment: object) -> str:
        nina.secret = enrollment.secret  # type: ignore[attr-defined]
        return nina.code()

    async def call() -> int:
        async with AsyncExitStack() as opened:
            client = await nina.async_client("session", opened, enroll=enroll, keep_codes=kept.extend)
            return (await client.get(VAULT)).status_code

    assert in_a_loop_of_its_own(call()) == 200
    assert len(kept) == 10


def test_a_stream_is_verified_for_and_can_be_sent_anew(rita: Member) -> None:
    client = rita.client("token", ask=giving(rita.next_code))

    with pytest.raises(BodyNotSentAgain):
        client.post(VAULT, content=iter([b"{}"]))

    assert client.get(VAULT).status_code == 200


def test_an_answer_to_a_code_that_is_no_part_of_the_contract_is_an_error(rita: Member) -> None:
    client = rita.plain("token")
    request = client.build_request("GET", VAULT)

    def spoil(challenge: object) -> str:
        request.headers["Authorization"] = "Token gone"
        return "123456"

    with pytest.raises(StepUpRejected) as caught:
        client.send(request, auth=StepUpAuth(ask=spoil))

    assert caught.value.status_code in (401, 403)


def test_an_unchallenged_answer_is_left_as_it_is(rita: Member) -> None:
    client = rita.client("token", ask=never)

    with client.stream("GET", "/api/vault/staging-logs/") as answer:
        assert not answer.is_closed
        assert not answer.is_stream_consumed

    assert httpx.get(f"{rita.server.base_url}{VAULT}", auth=StepUpAuth(ask=never)).status_code in (401, 403)

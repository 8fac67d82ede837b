"""step-up.js under node, against the running example, with each kind of credential."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client.members import DEVICES, KINDS, VAULT, VERIFICATIONS, Member
from tests.client.node import MODULES, STATIC, run_node

pytestmark = pytest.mark.needs("node")
NOTE = '{"note": "Checked."}'
JSON = {"Content-Type": "application/json"}


def call(member: Member, kind: str = "token", **options: Any) -> Any:
    """Call the guarded vault as a member."""
    return run_node(
        "call",
        **{"url": f"{member.server.base_url}{VAULT}", "kind": kind, "login": member.login, **options},
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_challenged_call_is_made_again_after_one_code(rita: Member, kind: str) -> None:
    done = call(rita, kind, codes=[rita.next_code()], again=True)

    [answer] = done["answers"]
    assert (answer["status"], answer["body"]["opened_by"]) == (200, rita.username)
    assert done["again"]["status"] == 200
    [challenge] = done["asked"]
    assert challenge["verify_url"] == f"{rita.server.base_url}{VERIFICATIONS}"
    assert (challenge["flow"], challenge["max_age"]) == ("production-database", 3600)


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_arrives_once_and_whole_with_the_new_csrf_token(rita: Member, kind: str) -> None:
    done = call(rita, kind, method="POST", body=NOTE, headers=JSON, codes=[rita.next_code()])

    [answer] = done["answers"]
    assert (answer["status"], answer["body"]["note"]) == (201, "Checked.")
    tokens = [headers.get("x-csrftoken") for _, _, headers in done["sent"]]
    assert [method for method, _, _ in done["sent"]] == ["POST"] * 3
    assert (tokens[0] == tokens[1] != tokens[2]) if kind == "session" else tokens == [None] * 3


@pytest.mark.parametrize("body_kind", ["text", "bytes", "blob", "request of a stream, another body"])
def test_each_body_in_memory_is_sent_again(rita: Member, body_kind: str) -> None:
    done = call(rita, method="POST", body=NOTE, bodyKind=body_kind, headers=JSON, codes=[rita.next_code()])

    assert done["answers"][0]["status"] == 201


@pytest.mark.parametrize(
    ("body_kind", "status"),
    [
        # Past the guard: DRF reads no body without a length.
        ("stream", 400),
        ("request of a stream", 400),
        ("request of a stream, body: null", 400),
        # Nothing tells this one from a stream.
        ("request", 201),
    ],
)
def test_a_stream_is_verified_for_but_not_sent_again(rita: Member, body_kind: str, status: int) -> None:
    done = call(
        rita,
        **{"method": "POST", "body": NOTE, "bodyKind": body_kind, "headers": JSON},
        **{"codes": [rita.next_code()], "again": True},
    )

    assert done["answers"][0]["error"] == "BodyNotSentAgain"
    assert done["again"]["status"] == status
    assert len(done["sent"]) == 3


def test_a_request_without_a_body_is_sent_again(rita: Member) -> None:
    done = call(rita, bodyKind="request", codes=[rita.next_code()], again=True)

    assert (done["answers"][0]["status"], done["again"]["status"]) == (200, 200)


@pytest.mark.parametrize("kind", KINDS)
def test_calls_at_once_share_one_prompt(rita: Member, kind: str) -> None:
    done = call(rita, kind, calls=8, codes=[rita.next_code()])

    assert [answer["status"] for answer in done["answers"]] == [200] * 8
    assert len(done["asked"]) == 1


def test_who_cancels_the_prompt_cancels_it_for_all_and_is_asked_anew_later(rita: Member) -> None:
    done = call(rita, calls=4, codes=["", rita.next_code()], again=True)

    assert {answer["error"] for answer in done["answers"]} == {"NoCodeGiven"}
    assert done["again"]["status"] == 200
    assert len(done["asked"]) == 2


def test_after_a_wrong_code_it_asks_again(rita: Member) -> None:
    done = call(rita, codes=[rita.wrong_code(), rita.next_code()])

    assert done["answers"][0]["status"] == 200
    assert [challenge["refusals"] for challenge in done["asked"]] == [0, 1]


def test_three_wrong_codes_and_then_a_lock_are_errors_of_their_own(rita: Member) -> None:
    done = call(rita, codes=[rita.wrong_code()] * 9, again=True)

    assert done["answers"][0]["error"] == "CodeRefused"
    assert (done["again"]["error"], done["again"]["message"]) == ("Locked", "mfa_locked")
    assert 1 <= done["again"]["retryAfter"] <= 30
    assert done["again"]["challenge"]["flow"] == "production-database"


def test_without_a_device_the_error_says_where_to_enroll(nina: Member) -> None:
    [answer] = call(nina)["answers"]

    assert answer["error"] == "EnrollmentRequired"
    assert answer["challenge"]["enroll_url"] == f"{nina.server.base_url}{DEVICES}"


@pytest.mark.parametrize("kind", KINDS)
def test_enrolling_on_the_way_opens_the_vault(nina: Member, kind: str) -> None:
    offset = (nina.server.now() - datetime.now(UTC)).total_seconds()

    done = call(nina, kind, enrolls=True, clockOffset=offset, method="POST", body=NOTE, headers=JSON)

    assert done["answers"][0]["status"] == 201
    assert len(done["kept"]) == 10


@pytest.mark.parametrize("module", MODULES)
def test_a_strict_policy_runs_the_modules(module: str) -> None:
    source = (STATIC / module).read_text()

    assert not re.search(r"\b(eval|Function|innerHTML|outerHTML|insertAdjacentHTML|setTimeout)\b", source)
    assert set(re.findall(r'from "([^"]+)"', source)) <= {f"./{name}" for name in MODULES}

"""Replay: a code counts once, whoever sends it again, when, how and where (rule 2).

64 at once are in ``test_concurrency.py``.
"""

from functools import partial

import pytest

from tests.adversarial.attack import (
    CREDENTIALS,
    DEVICES,
    REFUSED,
    STEP,
    client_by,
    enroll,
    opens,
    post,
    verify,
)
from tests.adversarial.test_concurrency_doors import (
    persistent_id,
    said,
    through_a_bare_device,
    through_our_service,
    through_the_form,
)
from tests.support.crowd import DEVICE_KINDS
from tests.support.crowds import VAULT, Crowd
from tests.support.storms import at_once

pytest_plugins = ["tests.support.crowd_server"]


@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_the_same_code_again_is_refused_at_once_and_in_each_later_step(crowd: Crowd, kind: str) -> None:
    person = crowd.pick(kind)
    client, code = crowd.token(person), crowd.code(person)
    assert post(client, code)[0] == 201

    answers = [post(client, code)]
    for _ in range(3):
        crowd.server.pass_time(STEP)
        answers.append(post(client, code))

    assert answers == [REFUSED] * 4


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_a_spent_code_is_refused_from_every_other_credential(crowd: Crowd, kind: str) -> None:
    person = crowd.pick("app")
    code = crowd.code(person)
    assert post(crowd.token(person), code)[0] == 201
    other = client_by(crowd, person, kind)

    assert post(other, code) == REFUSED
    assert opens(other) is (kind == "token")


def test_a_spent_code_opens_no_other_flow(crowd: Crowd) -> None:
    """Nor does it make the verification of another flow any fresher."""
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    assert post(client, code)[0] == 201
    crowd.server.pass_time(STEP)

    assert post(client, code) == REFUSED
    assert client.get("/host/two/").status_code == 200
    crowd.server.pass_time(10 * STEP)
    assert client.get("/host/two/").json()["flow"] == "customer-export"


@pytest.mark.parametrize("door", [through_our_service, through_a_bare_device])
def test_a_code_stays_spent_when_the_request_that_sent_it_was_rolled_back(crowd: Crowd, door) -> None:
    person = crowd.pick("app")
    code = crowd.code(person)
    assert said(door(crowd, person, code)) in {"Verified", "True"}

    assert said(door(crowd, person, code)) in {"CodeRefused", "False"}
    assert post(crowd.session(person), code) == REFUSED


def test_a_code_that_logged_in_is_spent_for_the_api_and_the_other_way_round(crowd: Crowd) -> None:
    person, other = crowd.pick("app"), crowd.pick("recovery_code")
    code = crowd.code(person)

    assert through_the_form(crowd, person, code).status_code == 302
    assert post(crowd.token(person), code) == REFUSED
    assert post(crowd.token(other), other.secret)[0] == 201
    assert through_the_form(crowd, other, other.secret).status_code == 400


def test_an_older_code_is_refused_after_a_newer_one(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client, older = crowd.token(person), crowd.code(person)
    crowd.server.pass_time(STEP)
    verify(crowd, client, person)

    assert post(client, older) == REFUSED


@pytest.mark.parametrize("spelling", ["{} ", "\u200b{}", "+{}", "0{}", "{}.0", "full width", "arabic"])
def test_another_spelling_of_a_code_counts_neither_before_nor_after(crowd: Crowd, spelling: str) -> None:
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    shift = {"full width": 0xFEE0, "arabic": 0x630}.get(spelling)
    spelled = spelling.format(code) if shift is None else "".join(chr(ord(digit) + shift) for digit in code)

    assert post(client, spelled) == REFUSED
    assert post(client, code)[0] == 201
    assert post(client, spelled) == REFUSED


def test_a_recovery_code_counts_once_in_all_its_spellings(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    code = enroll(crowd, client)[1].json()["recovery_codes"][0]

    assert post(client, code.lower().replace("-", ""))[0] == 201
    assert [post(client, again) for again in (code, code.lower(), code.replace("0", "O"))] == [REFUSED] * 3


def test_the_code_of_an_enrollment_verifies_nothing_more(crowd: Crowd) -> None:
    person = crowd.pick("newcomer")
    client = crowd.token(person)
    app, confirmed = enroll(crowd, client)
    assert confirmed.status_code == 200

    code = app.code_at(crowd.server.now())

    assert post(crowd.session(person), code) == REFUSED
    assert client.delete("/api/mfa/verifications/").status_code == 204
    assert post(client, code) == REFUSED
    assert not opens(client)


def test_a_code_is_spent_although_another_process_saves_the_device_meanwhile(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    rename = partial(client.patch, f"{DEVICES}{person.device}/", json={"name": "renamed"})

    answers = at_once([partial(post, client, code), *[rename] * 7])

    assert answers[0][0] == 201
    assert post(client, code) == REFUSED


def test_a_code_sent_along_with_a_refused_act_is_not_given_back(crowd: Crowd) -> None:
    """A decision about a request that does not exist, with a right code."""
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)

    refused = client.post(
        "/api/mfa/requests/00000000-0000-4000-8000-000000000000/decision/",
        json={"decision": "approve", "mfa": {"code": code}},
    )

    assert refused.status_code == 404
    assert post(client, code) == REFUSED
    assert crowd.events(person)["mfa.verified", ""] == 1


def test_a_spent_code_of_one_device_is_no_code_of_another(crowd: Crowd) -> None:
    mine, theirs = crowd.pick("app"), crowd.pick("app")
    code = crowd.code(mine)
    assert post(crowd.token(mine), code)[0] == 201

    assert post(crowd.token(theirs), code, device=mine.device) == REFUSED
    assert crowd.token(theirs).get(VAULT).status_code == 401
    assert persistent_id(mine) != persistent_id(theirs)

"""Disclosure: secrets are shown once, and answers do not tell what was wrong (rules 7 and 10)."""

import base64

import httpx
import pytest

from tests.adversarial.attack import (
    DEVICES,
    LOCKED,
    STEP,
    VAULT,
    VERIFICATIONS,
    administrator,
    guess,
    post,
    verify,
)
from tests.support.crowds import Crowd, begin_enrollment, verified

pytest_plugins = ["tests.support.crowd_server"]

READABLE = [
    "/api/mfa/status/",
    DEVICES,
    VERIFICATIONS,
    "/api/mfa/recovery-codes/",
    "/api/mfa/audit-events/",
    "/api/mfa/flows/",
    "/api/mfa/requests/",
    "/account/security/",
    "/account/verify/",
    "/portal/activity/",
    "/portal/activity/export/",
]
ADMIN_PAGES = ["authenticatorapp", "recoverycodes", "verification", "auditevent", "accessflow"]


def test_a_secret_and_its_codes_are_in_one_answer_and_in_no_log(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    enrolling = begin_enrollment(client)
    code = crowd.code(enrolling.app)
    recovery_codes = enrolling.confirm(code).json()["recovery_codes"]
    assert post(client, recovery_codes[0])[0] == 201
    guess(crowd, client, enrolling.app, times=1)
    secret = enrolling.app.secret
    forms = [secret, base64.b32decode(secret).hex(), base64.b64encode(base64.b32decode(secret)).decode()]
    hidden = [*forms, *recovery_codes, client.headers["Authorization"].removeprefix("Token ")]

    shown = "".join(client.get(path).text for path in READABLE) + crowd.server.log.read_text()

    assert not [each for each in hidden if each in shown]


def test_the_admin_shows_no_secret_no_code_and_no_binding(crowd: Crowd) -> None:
    person = crowd.pick("administrator")
    browser = crowd.session(person)
    verify(crowd, browser, person)
    code = crowd.code(person)

    pages = [browser.get(f"/admin/drf_accessflow_mfa/{name}/") for name in ADMIN_PAGES]
    own = browser.get(
        f"/admin/drf_accessflow_mfa/authenticatorapp/{person.device.rpartition('-')[2]}/change/"
    )

    assert {page.status_code for page in (*pages, own)} == {200}
    assert not [page for page in (*pages, own) if person.secret in page.text or f">{code}<" in page.text]


def test_an_error_tells_no_code_and_no_traceback(crowd: Crowd) -> None:
    person = crowd.pick("app")
    code = crowd.code(person)

    answer = crowd.token(person).post("/host/transaction/", json={"code": code})

    assert answer.status_code == 500
    assert not [word for word in ("Traceback", "RuntimeError", "SELECT", code) if word in answer.text]
    assert code not in crowd.server.log.read_text()


def test_no_cache_keeps_an_answer_and_no_referer_tells_of_one(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    begun = client.post(DEVICES, json={"name": "phone"})
    answers = [begun, client.get(VAULT), client.post(VERIFICATIONS, json={"code": "000000"})]
    answers += [client.get(path) for path in READABLE if path.startswith("/api")]

    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer.headers.get("Referrer-Policy") for answer in answers} <= {"no-referrer", "same-origin"}
    assert begun.headers["Referrer-Policy"] == "no-referrer"
    assert begun.json()["secret"] not in str(begun.url)


def test_wrong_code_wrong_device_replay_and_no_device_get_one_answer(crowd: Crowd) -> None:
    person, other = crowd.pick("app"), crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    assert post(client, code)[0] == 201
    newcomer = crowd.token(crowd.pick("newcomer"))
    [wrong] = crowd.wrong_codes(person, 1)

    answers = [
        client.post(VERIFICATIONS, json=body)
        for body in (
            {"code": wrong},
            {"code": code},
            {"code": wrong, "device": other.device},
            {"code": wrong, "device": "drf_accessflow_mfa.authenticatorapp-999999"},
            {"code": "malformed"},
        )
    ]
    answers.append(newcomer.post(VERIFICATIONS, json={"code": wrong}))

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    varying = {"date", "x-worker", "content-language", "vary", "connection", "server"}
    heads = [
        {name: value for name, value in answer.headers.items() if name not in varying} for answer in answers
    ]
    assert all(head == heads[0] for head in heads)


def test_while_locked_right_and_wrong_codes_get_one_answer(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    guess(crowd, client, person)

    right, wrong = post(client, crowd.code(person)), guess(crowd, client, person, times=1)[0]

    assert right == wrong == LOCKED


def test_what_is_not_mine_looks_like_what_does_not_exist(crowd: Crowd) -> None:
    client, _ = verified(crowd, "app")
    other, theirs = verified(crowd, "app")
    [live] = other.get(VERIFICATIONS).json()

    def asked(device: str, verification: str) -> list[httpx.Response]:
        return [
            client.delete(f"{DEVICES}{device}/"),
            client.patch(f"{DEVICES}{device}/", json={"name": "x"}),
            client.post(f"{DEVICES}{device}/confirmation/", json={"code": "000000"}),
            client.get(f"{VERIFICATIONS}{verification}/"),
            client.delete(f"{VERIFICATIONS}{verification}/"),
        ]

    existing = asked(theirs.device, live["id"])
    missing = asked("drf_accessflow_mfa.authenticatorapp-999999", "00000000-0000-4000-8000-000000000000")

    assert {answer.status_code for answer in existing} == {404}
    assert [answer.content for answer in existing] == [answer.content for answer in missing]


@pytest.mark.parametrize("credential", ["none", "a wrong token", "two tokens", "a wrong password"])
def test_a_stranger_sees_no_challenge(crowd: Crowd, credential: str) -> None:
    stranger = crowd.server.clients.stranger()
    if credential != "none":
        values = {"a wrong token": "Token x", "two tokens": "Token x y", "a wrong password": "Basic YTpi"}
        stranger.headers["Authorization"] = values[credential]

    flagged, unknown = stranger.get(VAULT), stranger.get("/api/vault/nothing-here/")

    assert flagged.status_code in {401, 403}
    assert (flagged.status_code, flagged.content) == (unknown.status_code, unknown.content)
    assert "insufficient" not in str(flagged.headers)
    assert "enroll" not in flagged.text


def test_an_event_log_of_all_tells_no_credential_either(crowd: Crowd) -> None:
    client, person = verified(crowd, "app")
    crowd.server.pass_time(STEP)

    page = administrator(crowd).get("/api/mfa/audit-events/", params={"subject": person.username})

    assert page.json()["results"]
    assert client.headers["Authorization"].removeprefix("Token ") not in page.text
    assert person.secret not in page.text

"""Guessing: whatever way the codes come, five are judged, then one waits (rules 3 and 12).

64 at once are in ``test_concurrency_guesses.py`` and ``test_concurrency_doors.py``.
"""

import pytest

from tests.adversarial.attack import (
    CREDENTIALS,
    DEVICES,
    LOCKED,
    REFUSED,
    STEP,
    VAULT,
    VERIFICATIONS,
    client_by,
    guess,
    opens,
    post,
    verify,
)
from tests.adversarial.test_concurrency_doors import (
    through_a_bare_device,
    through_our_service,
    through_the_form,
)
from tests.support.crowds import Crowd, begin_enrollment

pytest_plugins = ["tests.support.crowd_server"]


def test_one_after_another_five_guesses_are_judged_and_the_right_code_is_not(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)

    assert guess(crowd, client, person) == [REFUSED] * 5

    assert post(client, crowd.code(person)) == LOCKED
    assert not opens(client)


def test_sessions_tokens_addresses_and_devices_share_one_budget(crowd: Crowd) -> None:
    person = crowd.pick("app")
    clients = [client_by(crowd, person, kind) for kind in CREDENTIALS]
    for number, client in enumerate(clients):
        client.headers["X-Forwarded-For"] = f"198.51.100.{number}"
        client.headers["User-Agent"] = f"browser {number}"
    devices = [{}, {"device": person.device}, {"device": "otp_totp.totpdevice-1"}, {"device": "x"}, {}]

    codes = crowd.wrong_codes(person, 5)
    guesses = [
        post(client, code, **device) for client, code, device in zip(clients, codes, devices, strict=False)
    ]

    assert guesses == [REFUSED] * 5
    assert [post(client, crowd.code(person)) for client in clients] == [LOCKED] * len(clients)


def test_a_confirmation_is_guessed_no_more_often_however_often_it_is_begun(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    for _ in range(5):
        assert begin_enrollment(client).confirm("not it").status_code == 400

    enrolling = begin_enrollment(client)

    assert enrolling.confirm(crowd.code(enrolling.app)).status_code == 429
    assert client.get(VAULT).json()["code"] == "mfa_enrollment_required"


def test_guessing_recovery_codes_has_a_budget_of_its_own(crowd: Crowd) -> None:
    person = crowd.pick("recovery_code")
    client = crowd.token(person)

    assert guess(crowd, client, person) == [REFUSED] * 5

    assert post(client, person.secret) == LOCKED
    assert post(client, "000000") == REFUSED  # codes of apps are judged all the same


def test_a_success_gives_no_new_days_budget(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    for _ in range(4):
        guess(crowd, client, person, times=4)
        verify(crowd, client, person)
        crowd.server.pass_time(STEP)
    guess(crowd, client, person, times=4)

    locked = client.post(VERIFICATIONS, json={"code": crowd.code(person)})

    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 23 * 3600


@pytest.mark.parametrize("door", [through_our_service, through_a_bare_device, through_the_form])
def test_guesses_through_a_hosts_own_door_are_counted_whatever_it_rolls_back(crowd: Crowd, door) -> None:
    person = crowd.pick("app")

    for code in crowd.wrong_codes(person, 5):
        door(crowd, person, code)

    assert post(crowd.token(person), crowd.code(person)) == LOCKED
    assert crowd.events(person)["mfa.failed", "wrong_code"] == 5


def test_no_verb_and_no_content_type_skips_a_check(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    form = {"code": code}

    statuses = [
        client.request(verb, VERIFICATIONS, json=form).status_code for verb in ("PUT", "PATCH", "TRACE")
    ]
    statuses += [client.post(VERIFICATIONS, data=form).status_code]
    statuses += [client.post(VERIFICATIONS, files={"code": (None, code)}).status_code]
    statuses += [
        client.get(VERIFICATIONS, params=form, headers={"X-HTTP-Method-Override": "POST"}).status_code
    ]

    assert statuses == [405, 405, 405, 415, 415, 200]
    assert not opens(client)
    assert post(client, code)[0] == 201


def test_a_body_of_megabytes_is_refused_unread(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)

    answer = client.post(VERIFICATIONS, json={"code": "1" * 5_000_000})

    assert answer.status_code in {400, 413}
    assert crowd.events(person) == {}
    assert post(client, crowd.code(person))[0] == 201


def test_many_codes_in_one_body_are_one_guess_at_most(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    codes = [*crowd.wrong_codes(person, 99), code]

    assert post(client, codes) == REFUSED
    assert post(client, {"$in": codes}) == REFUSED
    doubled = client.post(
        VERIFICATIONS,
        content=f'{{"code": "{codes[0]}", "code": "{codes[1]}"}}',
        headers={"Content-Type": "application/json"},
    )

    assert doubled.status_code == 400
    assert crowd.events(person).total() <= 3
    assert post(client, code)[0] == 201


def test_a_lock_shuts_the_owner_out_of_nothing_that_they_have(crowd: Crowd) -> None:
    """Neither of a live verification nor of recovery codes."""
    client = crowd.token(crowd.pick("newcomer"))
    enrolling = begin_enrollment(client)
    recovery_code = enrolling.confirm(crowd.code(enrolling.app)).json()["recovery_codes"][0]

    guess(crowd, client, enrolling.app)

    assert post(client, crowd.code(enrolling.app)) == LOCKED
    assert opens(client)
    assert post(client, recovery_code)[0] == 201


def test_renaming_the_device_and_logging_in_anew_lower_no_budget(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    guess(crowd, client, person, times=4)
    client.patch(f"{DEVICES}{person.device}/", json={"name": "new"}).raise_for_status()
    begin = client.post(DEVICES, json={"name": "another"})

    assert begin.status_code == 401
    assert guess(crowd, crowd.session(person), person, times=1) == [REFUSED]
    assert post(crowd.session(person), crowd.code(person)) == LOCKED

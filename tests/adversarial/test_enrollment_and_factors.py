"""Enrollment and factors: whoever has only the password changes nothing about them (rules 7 and 8)."""

from datetime import timedelta

import pytest

from tests.adversarial.acts import insides
from tests.adversarial.attack import (
    DEVICES,
    REFUSED,
    VAULT,
    administrator,
    enroll,
    opens,
    post,
    verify,
)
from tests.support.crowds import RECOVERY_CODES, Crowd, begin_enrollment, scan, verified
from tests.support.insiders import Insider

pytest_plugins = ["tests.support.crowd_server"]

INSIDES = insides.__name__


def test_a_stolen_password_adds_no_device_beside_mine(crowd: Crowd) -> None:
    person = crowd.pick("app")
    thief = crowd.session(person)

    answers = [thief.post(DEVICES, json={"name": "mine"}), thief.post(RECOVERY_CODES)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "mfa_required")] * 2
    assert [device["id"] for device in thief.get(DEVICES).json()] == [person.device]


def test_not_even_an_enrollment_that_was_begun_before_mine(crowd: Crowd) -> None:
    """Begun with the password while I had no device; I have one now."""
    person = crowd.pick("newcomer")
    thief = crowd.session(person)
    planted = begin_enrollment(thief)

    assert enroll(crowd, crowd.token(person))[1].status_code == 200

    assert planted.confirm(crowd.code(planted.app)).status_code == 404
    assert not opens(thief)


def test_removing_the_last_device_needs_a_fresh_second_factor(crowd: Crowd) -> None:
    person = crowd.pick("app")
    thief = crowd.session(person)
    url = f"{DEVICES}{person.device}/"

    answers = [thief.delete(url), thief.patch(url, json={"name": "x", "confirmed": False})]

    assert answers[0].status_code == 401
    assert thief.get(DEVICES).json()[0]["confirmed"] is True
    verify(crowd, thief, person)
    assert thief.delete(url).status_code == 204
    assert thief.get(VAULT).json()["code"] == "mfa_enrollment_required"


def test_an_enrollment_that_expired_is_not_confirmed(crowd: Crowd) -> None:
    enrolling = begin_enrollment(crowd.token(crowd.pick("newcomer")))

    crowd.server.pass_time(timedelta(seconds=601))

    assert enrolling.confirm(crowd.code(enrolling.app)).status_code == 404
    assert enrolling.client.get(DEVICES).json() == []


@pytest.mark.parametrize("whose", ["another user's", "another session's"])
def test_an_enrollment_is_confirmed_by_whoever_began_it_alone(crowd: Crowd, whose: str) -> None:
    person = crowd.pick("newcomer")
    enrolling = begin_enrollment(crowd.session(person))
    other = crowd.session(person if whose == "another session's" else crowd.pick("newcomer"))
    code = crowd.code(enrolling.app)

    stolen = scan(other, {"secret": enrolling.app.secret, "id": enrolling.app.device})

    assert stolen.confirm(code).status_code == 404
    assert enrolling.confirm(code).status_code == 200


def test_beginning_again_voids_what_was_begun_and_touches_nothing_confirmed(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    first, second = begin_enrollment(client), begin_enrollment(client)

    assert first.confirm(crowd.code(first.app)).status_code == 404
    assert second.confirm(crowd.code(second.app)).status_code == 200
    begin_enrollment(client)
    assert [device["confirmed"] for device in client.get(DEVICES).json()] == [True, False]


def test_a_secret_is_read_once(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    enrolling = begin_enrollment(client)
    secret = enrolling.app.secret

    pages = [client.get(path).text for path in (DEVICES, "/api/mfa/status/", "/account/security/")]
    again = client.post(DEVICES, json={"name": "phone"}).json()

    assert not any(secret in page for page in pages)
    assert client.get(f"{DEVICES}{enrolling.app.device}/").status_code == 405
    assert again["secret"] != secret


FIELDS = {
    "confirmed": True,
    "confirmed_at": "2020-01-01T00:00:00Z",
    "verified_at": "2020-01-01T00:00:00Z",
    "last_step": -1,
    "user": 1,
    "secret": "A" * 32,
    "binding": "",
    "require_mfa": False,
}


def test_no_field_of_a_body_confirms_a_device_or_chooses_its_secret(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))

    begun = client.post(DEVICES, json={"name": "phone", **FIELDS})

    if begun.status_code == 201:
        assert begun.json()["secret"] != FIELDS["secret"]
        client.patch(f"{DEVICES}{begun.json()['id']}/", json={"name": "phone", **FIELDS})
    assert not any(device["confirmed"] for device in client.get(DEVICES).json())
    assert client.get(VAULT).json()["code"] == "mfa_enrollment_required"


def test_no_field_of_a_body_gives_a_spent_code_back(crowd: Crowd) -> None:
    client, person = verified(crowd, "app")
    code = crowd.code(person)

    client.patch(f"{DEVICES}{person.device}/", json={"name": "phone", **FIELDS})

    assert post(client, code) == REFUSED


@pytest.mark.parametrize("verb", ["POST", "PATCH", "PUT", "DELETE"])
def test_who_may_not_edit_flows_cannot_unflag_one(crowd: Crowd, verb: str) -> None:
    client, _ = verified(crowd, "app")
    url = "/api/mfa/flows/" + ("" if verb == "POST" else "production-database/")

    answer = client.request(verb, url, json={"slug": "x", "name": "x", "require_mfa": False})

    assert answer.status_code in {403, 405}
    assert not opens(crowd.token(crowd.pick("app")))


def test_an_administrator_does_not_reset_themselves(crowd: Crowd, insider: Insider) -> None:
    person = crowd.pick("administrator")
    client = crowd.token(person)
    verify(crowd, client, person)
    own_id = insider.call(f"{INSIDES}.user_id", person.username)

    answer = client.post(f"/api/mfa/users/{own_id}/reset/", json={"reason": "lost"})

    assert answer.status_code == 403
    assert opens(client)


def test_a_reset_needs_a_fresh_verification_and_the_permission(crowd: Crowd, insider: Insider) -> None:
    victim = crowd.pick("app")
    url = f"/api/mfa/users/{insider.call(f'{INSIDES}.user_id', victim.username)}/reset/"

    stale = crowd.token(crowd.pick("administrator")).post(url, json={"reason": "lost"})
    other = verified(crowd, "app")[0].post(url, json={"reason": "lost"})

    assert (stale.status_code, stale.json()["code"]) == (401, "mfa_required")
    assert other.status_code == 403
    assert post(crowd.token(victim), crowd.code(victim))[0] == 201


def test_a_reset_opens_nothing_for_anybody(crowd: Crowd, insider: Insider) -> None:
    client, victim = verified(crowd, "app")
    url = f"/api/mfa/users/{insider.call(f'{INSIDES}.user_id', victim.username)}/reset/"

    answer = administrator(crowd).post(url, json={"reason": "lost"})

    assert answer.status_code == 200
    assert set(answer.json()) == {"user", "devices", "verifications"}
    assert not opens(client)
    assert post(client, crowd.code(victim)) == REFUSED


def test_helpdesk_staff_do_not_reset_a_superuser(crowd: Crowd, insider: Insider) -> None:
    client, helper = verified(crowd, "app")
    insider.call(f"{INSIDES}.give", helper.username, "reset_mfa")
    superuser = crowd.pick("administrator")
    url = f"/api/mfa/users/{insider.call(f'{INSIDES}.user_id', superuser.username)}/reset/"

    assert client.post(url, json={"reason": "lost"}).status_code == 403
    assert post(crowd.token(superuser), crowd.code(superuser))[0] == 201


def test_the_new_device_cannot_vouch_for_itself(crowd: Crowd) -> None:
    """A second app that was begun with a verification is not confirmed after it has ended."""
    client, _ = verified(crowd, "app")
    enrolling = begin_enrollment(client)
    client.delete("/api/mfa/verifications/").raise_for_status()

    assert enrolling.confirm(crowd.code(enrolling.app)).status_code == 401
    assert post(client, crowd.code(enrolling.app)) == REFUSED

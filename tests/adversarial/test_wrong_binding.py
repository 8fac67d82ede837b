"""Wrong binding: a verification belongs to one credential, one device and one password (rule 5)."""

import httpx
import pytest

from tests.adversarial.attack import (
    CREDENTIALS,
    DEVICES,
    REFUSED,
    STEP,
    VERIFICATIONS,
    administrator,
    client_by,
    opens,
    post,
    verify,
)
from tests.support.clients import PASSWORD
from tests.support.crowds import Crowd, verified
from tests.support.insiders import Insider

pytest_plugins = ["tests.support.crowd_server"]

INSIDES = "tests.adversarial.acts.insides"
LOGIN = "/api/auth/jwt/"


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_no_other_credential_of_the_user_profits(crowd: Crowd, kind: str) -> None:
    person = crowd.pick("app")
    own = client_by(crowd, person, kind)
    verify(crowd, own, person)

    others = {other: opens(client_by(crowd, person, other)) for other in CREDENTIALS}

    # Basic and DRF's token are one a user; every other log-in is a credential of its own.
    assert opens(own)
    assert others == {other: other == kind and kind in {"basic", "token"} for other in CREDENTIALS}


def test_another_user_never_profits(crowd: Crowd) -> None:
    verified(crowd, "app")

    assert not opens(crowd.token(crowd.pick("app")))


def test_a_new_session_after_logging_out_starts_unverified(crowd: Crowd) -> None:
    person = crowd.pick("app")
    session = crowd.session(person)
    verify(crowd, session, person)
    assert opens(session)

    session.delete("/api/auth/session/").raise_for_status()

    assert not opens(session)
    session.post("/api/auth/session/", json={"username": person.username, "password": PASSWORD})
    assert not opens(session)
    assert not opens(crowd.session(person))


def test_the_session_key_of_before_the_verification_is_worth_nothing(crowd: Crowd) -> None:
    person = crowd.pick("app")
    session = crowd.session(person)
    old_key = session.cookies["sessionid"]
    verify(crowd, session, person)

    thief = crowd.server.clients.stranger()
    thief.cookies["sessionid"] = old_key

    assert session.cookies["sessionid"] != old_key
    assert thief.get("/api/mfa/status/").status_code == 403
    assert not opens(thief)


def test_a_refreshed_jwt_lives_on_and_an_earlier_refresh_token_ends_it(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.server.clients.stranger()
    pair = client.post(LOGIN, json={"username": person.username, "password": PASSWORD}).json()
    client.headers["Authorization"] = f"Bearer {pair['access']}"
    verify(crowd, client, person)

    renewed = client.post(f"{LOGIN}refresh/", json={"refresh": pair["refresh"]}).json()
    client.headers["Authorization"] = f"Bearer {renewed['access']}"
    assert opens(client)

    again = crowd.server.clients.stranger().post(f"{LOGIN}refresh/", json={"refresh": pair["refresh"]})
    assert again.status_code == 401
    assert not opens(client)


def test_a_revoked_token_family_opens_nothing(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.server.clients.oauth2(person.username)
    verify(crowd, client, person)
    assert opens(client)

    token = client.headers["Authorization"].removeprefix("Bearer ")
    client.post("/o/revoke_token/", data={"client_id": "demo-client", "token": token}).raise_for_status()

    assert not opens(client)
    assert not opens(crowd.server.clients.oauth2(person.username))


@pytest.mark.parametrize("kind", ["token", "knox", "jwt", "oauth2"])
def test_a_changed_password_ends_it(crowd: Crowd, insider: Insider, kind: str) -> None:
    person = crowd.pick("app")
    client = client_by(crowd, person, kind)
    verify(crowd, client, person)

    insider.call(f"{INSIDES}.set_password", person.username, "another long password")

    assert not opens(client)


def test_a_removed_device_ends_what_it_verified(crowd: Crowd) -> None:
    client, person = verified(crowd, "app")

    client.delete(f"{DEVICES}{person.device}/").raise_for_status()

    assert not opens(client)
    assert post(client, crowd.code(person)) == REFUSED


def test_an_unconfirmed_device_verifies_nothing(crowd: Crowd, insider: Insider) -> None:
    client, person = verified(crowd, "app")

    assert insider.call(f"{INSIDES}.unconfirm", person.device) == 1

    crowd.server.pass_time(2 * STEP)
    assert post(client, crowd.code(person)) == REFUSED
    assert post(client, crowd.code(person), device=person.device) == REFUSED


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_a_deactivated_user_is_refused_by_every_credential(crowd: Crowd, insider: Insider, kind: str) -> None:
    person = crowd.pick("app")
    client = client_by(crowd, person, kind)
    verify(crowd, client, person)

    assert insider.call(f"{INSIDES}.deactivate_in_bulk", person.username) == 1

    assert not opens(client)
    assert client.post(VERIFICATIONS, json={"code": crowd.code(person)}).status_code in {401, 403}


def test_somebody_elses_device_id_is_a_wrong_code_and_their_code_too(crowd: Crowd) -> None:
    mine, theirs = crowd.pick("app"), crowd.pick("app")
    client = crowd.token(mine)

    assert post(client, crowd.code(theirs), device=theirs.device) == REFUSED
    assert post(client, crowd.code(mine), device=theirs.device) == REFUSED
    assert client.delete(f"{DEVICES}{theirs.device}/").status_code == 404
    assert post(crowd.token(theirs), crowd.code(theirs))[0] == 201


@pytest.mark.parametrize("verifies", ["cookie", "token"])
def test_the_cookie_of_one_and_the_token_of_another_never_add_up(crowd: Crowd, verifies: str) -> None:
    mallory, victim = crowd.pick("app"), crowd.pick("app")
    browser, stolen = crowd.session(mallory), crowd.token(victim)
    if verifies == "cookie":
        verify(crowd, browser, mallory)
    else:
        verify(crowd, stolen, victim)

    both = httpx.get(
        f"{crowd.server.base_url}/api/vault/production-database/",
        cookies=dict(browser.cookies),
        headers={"Authorization": stolen.headers["Authorization"]},
    )

    # The session is asked first: its user alone counts, and only what that user verified.
    assert both.status_code == (200 if verifies == "cookie" else 401)
    if both.status_code == 200:
        assert both.json()["opened_by"] == mallory.username


def test_a_user_named_in_the_request_is_not_who_is_verified(crowd: Crowd) -> None:
    mallory, victim = crowd.pick("app"), crowd.pick("app")
    named = {"user": victim.username, "username": victim.username, "user_id": 1, "verify": victim.username}

    answer = crowd.token(mallory).post(
        VERIFICATIONS, params=named, json={"code": crowd.code(mallory), **named}
    )

    assert answer.status_code in {201, 400}
    assert not opens(crowd.token(victim))
    assert crowd.events(victim)["mfa.verified", ""] == 0


def test_a_verification_cannot_be_forgotten_by_another_not_even_an_administrator(crowd: Crowd) -> None:
    client, _ = verified(crowd, "app")
    [live] = client.get(VERIFICATIONS).json()

    for other in (crowd.token(crowd.pick("app")), administrator(crowd)):
        assert other.delete(f"{VERIFICATIONS}{live['id']}/").status_code == 404
        assert other.get(f"{VERIFICATIONS}{live['id']}/").status_code == 404

    assert opens(client)

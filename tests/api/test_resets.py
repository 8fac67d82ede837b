"""``users/{id}/reset/`` and ``resets/`` over HTTP."""

import pytest

from drf_accessflow_mfa.models import AuthenticatorApp, PendingReset
from tests import people

REASON = {"reason": "lost phone, ticket 7"}


def reset_url(someone):
    return f"{people.API}users/{someone.user.pk}/reset/"


@pytest.fixture
def hella(db, clock):
    return people.may(people.enrolled("hella"), "reset_mfa")


@pytest.fixture
def client(hella):
    client = people.by_token(hella)
    people.verified(client, hella)
    return client


@pytest.fixture
def second(db, clock):
    hugo = people.may(people.enrolled("hugo"), "reset_mfa")
    client = people.by_token(hugo)
    people.verified(client, hugo)
    return client


def test_an_administrator_resets_a_user(client, rita):
    answer = client.post(reset_url(rita), REASON, format="json")

    assert answer.status_code == 200
    assert answer.json() == {"user": "rita", "devices": [rita.device], "verifications": 0}
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_user_has_to_enroll_anew(client, rita, refunds, serve):
    url = serve(access_flow="refunds")
    theirs = people.by_token(rita)
    people.verified(theirs, rita)
    assert theirs.get(url).status_code == 200

    client.post(reset_url(rita), REASON, format="json")

    assert theirs.get(url).json()["code"] == "mfa_enrollment_required"


def test_a_stale_administrator_is_challenged(client, rita, clock):
    clock.shift(3601)

    answer = client.post(reset_url(rita), REASON, format="json")

    assert (answer.status_code, answer.json()["code"]) == (401, "mfa_required")
    assert AuthenticatorApp.objects.filter(user=rita.user).exists()


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 201}, {"reason": None}, {"reason": "\0"}]
)
def test_a_reset_needs_a_reason(client, rita, body):
    answer = client.post(reset_url(rita), body, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])


def test_nobody_resets_their_own(client, hella):
    answer = client.post(reset_url(hella), REASON, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "own_factors")


def test_a_superuser_is_out_of_reach(client, ada):
    answer = client.post(reset_url(ada), REASON, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "superuser")


def test_without_the_permission_one_does_not_even_learn_who_exists(omar, rita):
    client = people.by_token(omar)

    there = client.post(reset_url(rita), REASON, format="json")
    nowhere = client.post(f"{people.API}users/999999/reset/", REASON, format="json")

    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())
    assert there.json()["code"] == "not_permitted"


@pytest.mark.parametrize("key", ["999999", "nobody", "1e999", "9" * 400, "%00", "１"])  # noqa: RUF001
def test_a_user_who_is_not_there_is_not_found(client, key):
    assert client.post(f"{people.API}users/{key}/reset/", REASON, format="json").status_code == 404


@pytest.mark.parametrize("path", ["resets/", "resets/1/", "resets/1/confirmation/", "users/1/reset/"])
def test_a_stranger_is_told_nothing(db, path):
    client = people.stranger()

    for answer in (client.get(people.API + path), client.post(people.API + path)):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_authenticated")


def test_where_two_are_needed_the_second_confirms(client, second, rita, settings):
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True

    asked = client.post(reset_url(rita), REASON, format="json")
    again = client.post(reset_url(rita), REASON, format="json")
    confirmation = f"{people.API}resets/{asked.json()['id']}/confirmation/"

    assert asked.status_code == 202
    assert (again.status_code, again.json()["code"]) == (409, "reset_pending")
    assert [row["user"] for row in second.get(people.API + "resets/").json()] == ["rita"]
    assert client.post(confirmation).json()["code"] == "same_administrator"
    assert second.post(confirmation).json()["user"] == "rita"
    assert second.post(confirmation).status_code == 404


def test_a_reset_that_waits_can_be_taken_back(client, rita, settings):
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True
    asked = client.post(reset_url(rita), REASON, format="json").json()

    assert client.delete(f"{people.API}resets/{asked['id']}/").status_code == 204
    assert not PendingReset.objects.exists()
    assert client.delete(f"{people.API}resets/{asked['id']}/").status_code == 404

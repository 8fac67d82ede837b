"""Whoever has begun an enrollment and not confirmed it has no second factor yet (rule 1)."""

import pyotp
import pytest

from tests.people import API, by_token, post_code


@pytest.fixture
def begun(nina):
    """A client in the middle of an enrollment, and what it was shown."""
    client = by_token(nina)
    return client, client.post(API + "devices/", {"name": "phone"}, format="json").json()


def test_the_challenge_asks_them_to_enroll(begun, refunds, serve):
    client, _ = begun

    answer = client.get(serve(access_flow="refunds"))

    assert answer.status_code == 401
    assert answer.json()["code"] == "mfa_enrollment_required"
    assert answer.json()["enrolled"] is False


def test_the_banner_stays(begun, refunds):
    client, _ = begun

    assert client.get(API + "status/").json()["enrollment_required"] is True


@pytest.mark.parametrize("is_named", [True, False])
def test_their_code_is_asked_of_no_device(begun, nina, is_named):
    client, shown = begun
    device = {"device": shown["id"]} if is_named else {}

    answer = post_code(client, pyotp.TOTP(shown["secret"]).now(), **device)

    assert answer.json()["code"] == "mfa_failed"
    assert nina.events("mfa.failed") == [("mfa.failed", "no_device")]

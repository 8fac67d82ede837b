"""Facts are sent after the commit that made them true, and never on a rollback."""

import pytest
from django.db import transaction

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.services.flows import Editor, change_flow
from tests.people import API, by_token, enrolled, flow, person, post_code, verified

pytestmark = pytest.mark.django_db(transaction=True)


def names(heard):
    assert not any(is_in_transaction for _, is_in_transaction, _ in heard)
    return [name for name, _, _ in heard]


def test_a_verification_and_its_refusals_are_told_after_the_commit(heard):
    rita = enrolled()
    client = by_token(rita)

    for _ in range(5):
        post_code(client, rita.wrong_code())
    post_code(client, rita.code())

    assert names(heard) == ["mfa_failed"] * 5 + ["mfa_locked"]
    assert heard[-1][2]["user"] == rita.user
    assert heard[-1][2]["reason"] == "wait"
    assert heard[-1][2]["retry_after"].total_seconds() == 30


def test_the_life_of_a_device_is_told(heard):
    import pyotp

    nina = person("nina")
    client = by_token(nina)
    begun = client.post(API + "devices/", {"name": "phone"}, format="json").json()
    url = f"{API}devices/{begun['id']}/"
    client.post(url + "confirmation/", {"code": pyotp.TOTP(begun["secret"]).now()}, format="json")
    assert names(heard) == ["mfa_verified", "device_enrolled", "recovery_codes_generated"]
    heard.clear()

    client.delete(url)

    assert names(heard) == ["device_removed", "device_removed"]
    assert heard[0][2]["device"] == begun["id"]


def test_a_revocation_is_told(heard):
    rita = enrolled()
    client = by_token(rita)
    verified(client, rita)
    heard.clear()

    client.delete(API + "verifications/")

    assert names(heard) == ["verifications_revoked"]
    assert heard[0][2]["reason"] == "forgotten"


def test_a_changed_flow_is_told_with_what_changed(heard):
    flow("refunds")

    change_flow("refunds", {"require_mfa": False}, editor=Editor(caller=None, origin=Origin()))

    assert names(heard) == ["flow_changed"]
    assert heard[0][2]["flow"] == "refunds"
    assert heard[0][2]["changes"] == {"require_mfa": [True, False]}


def test_what_is_rolled_back_is_not_told(heard):
    flow("refunds")

    with transaction.atomic():
        change_flow("refunds", {"require_mfa": False}, editor=Editor(caller=None, origin=Origin()))
        transaction.set_rollback(True)

    assert heard == []


def test_a_receiver_that_raises_changes_nothing(clock):
    rita = enrolled()

    def raise_(**facts):
        raise ZeroDivisionError

    signals.mfa_verified.connect(raise_, dispatch_uid="test raise")
    try:
        answer = post_code(by_token(rita), rita.code())
    finally:
        signals.mfa_verified.disconnect(dispatch_uid="test raise")

    assert answer.status_code == 201

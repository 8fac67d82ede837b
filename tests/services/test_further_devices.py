"""Further devices, and the removal of any, need a fresh verification (rule 8)."""

import pyotp
import pytest

from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.models import AuthenticatorApp, RecoveryCodes, Verification
from tests.people import API, by_session, by_token, enrolled, post_code, verified, with_app

pytestmark = pytest.mark.django_db


DEVICES = API + "devices/"


def begin(client, **fields):
    return client.post(DEVICES, {"name": "phone", **fields}, format="json")


def confirm(client, begun, code=None, **fields):
    code = code or pyotp.TOTP(begun["secret"]).now()
    return client.post(f"{DEVICES}{begun['id']}/confirmation/", {"code": code, **fields}, format="json")


class TestFurtherDevices:
    def test_a_second_device_needs_a_fresh_verification(self, rita, clock):
        client = by_token(rita)
        answer = begin(client)
        assert (answer.status_code, answer.json()["code"]) == (401, "mfa_required")
        assert answer.json()["flow"] is None

        verified(client, rita)

        done = confirm(client, begin(client).json())
        assert done.status_code == 200
        assert len(done.json()["recovery_codes"] or []) in (0, 10)

    def test_another_credentials_verification_does_not_do(self, rita, clock):
        verified(by_token(rita), rita)

        assert begin(by_session(rita)).status_code == 401

    def test_a_stale_one_does_not_do_at_confirmation_either(self, rita, clock, settings):
        settings.ACCESSFLOW_MFA_MANAGE_MAX_AGE = 300
        client = by_token(rita)
        verified(client, rita)
        clock.shift(299)
        begun = begin(client).json()
        clock.shift(2)

        assert confirm(client, begun).status_code == 401
        assert AuthenticatorApp.objects.filter(confirmed=True).count() == 1

    def test_a_device_enrolled_meanwhile_makes_the_pending_one_need_a_verification(self, nina, clock):
        thief, owner = by_session(nina), by_token(nina)
        pending = begin(thief).json()
        with_app(nina)

        answer = confirm(thief, pending)

        assert answer.status_code == 401
        assert begin(owner).status_code == 401

    def test_a_limit_of_devices_holds(self, rita, clock, settings):
        settings.ACCESSFLOW_MFA_MAX_DEVICES = 2
        client = by_token(rita)
        verified(client, rita)
        assert confirm(client, begin(client).json()).status_code == 200

        answer = begin(client)

        assert (answer.status_code, answer.json()["code"]) == (409, "device_limit_reached")

    def test_recovery_codes_are_not_made_anew_with_a_further_device(self, rita, clock):
        rita.recovery_codes()
        client = by_token(rita)
        verified(client, rita)

        assert confirm(client, begin(client).json()).json()["recovery_codes"] is None


class TestRemoval:
    def test_it_needs_a_fresh_verification_of_this_credential(self, rita, clock):
        client = by_token(rita)
        verified(by_session(rita), rita)

        assert client.delete(f"{DEVICES}{rita.device}/").status_code == 401
        assert AuthenticatorApp.objects.count() == 1

    def test_the_last_device_takes_the_recovery_codes_with_it(self, rita, clock):
        code = rita.recovery_codes()[0]
        client = by_token(rita)
        verified(client, rita)

        assert client.delete(f"{DEVICES}{rita.device}/").status_code == 204

        assert not RecoveryCodes.objects.exists()
        assert post_code(client, code).status_code == 400
        assert client.get(API + "status/").json()["enrolled"] is False
        assert [kind for kind, _ in rita.events()].count("device.removed") == 2

    def test_one_of_two_devices_leaves_the_recovery_codes(self, rita, clock):
        rita.recovery_codes()
        tablet = with_app(rita, name="tablet")
        client = by_token(rita)
        verified(client, rita)

        assert client.delete(f"{DEVICES}{tablet.device}/").status_code == 204

        assert RecoveryCodes.objects.exists()
        assert Verification.objects.filter(revoked_at__isnull=True).exists()

    def test_a_pending_one_may_be_removed_without(self, nina, clock):
        client = by_token(nina)
        begun = begin(client).json()

        assert client.delete(f"{DEVICES}{begun['id']}/").status_code == 204

    def test_recovery_codes_are_no_device_to_remove_or_rename(self, rita, clock):
        rita.recovery_codes()
        client, url = by_token(rita), f"{DEVICES}{id_of(RecoveryCodes.objects.get())}/"
        verified(client, rita)

        assert client.delete(url).status_code == 404
        assert client.patch(url, {"name": "x"}, format="json").status_code == 404


def test_somebody_elses_device_is_not_found(rita, clock):
    omar = enrolled("omar")
    client = by_token(omar)
    verified(client, omar)

    answers = [
        client.delete(f"{DEVICES}{rita.device}/"),
        client.patch(f"{DEVICES}{rita.device}/", {"name": "mine"}, format="json"),
        client.post(f"{DEVICES}{rita.device}/confirmation/", {"code": rita.code()}, format="json"),
    ]
    missing = client.delete(DEVICES + "drf_accessflow_mfa.authenticatorapp-999/")

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, missing.content)}
    assert AuthenticatorApp.objects.get(pk=rita.app.pk).name == "phone"


def test_renaming_is_logged_with_old_and_new(rita, clock):
    from drf_accessflow_mfa.models import AuditEvent

    by_token(rita).patch(f"{DEVICES}{rita.device}/", {"name": "tablet"}, format="json")

    assert AuditEvent.objects.get(kind="device.renamed").changes == {"name": ["phone", "tablet"]}

"""django-otp's own devices, with the same guarantees as ours."""

import base64
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.models import Verification
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut, Verified
from drf_accessflow_mfa.services.verify import verify
from tests.people import API, ORIGIN, by_token, post_code

KEY = "3132333435363738393031323334353637383930"


def attempt(someone, code, **options):
    return verify(someone.caller(), code, origin=ORIGIN, **options)


def stock_totp(someone, **fields):
    return TOTPDevice.objects.create(user=someone.user, name="old phone", key=KEY, **fields)


def code_of(device, *, steps=0):
    step = (int(timezone.now().timestamp()) - device.t0) // device.step + steps
    return pyotp.HOTP(base64.b32encode(device.bin_key).decode(), digits=device.digits).at(step)


class TestTotp:
    @pytest.mark.parametrize(
        "fields", [{}, {"digits": 8}, {"step": 60}, {"t0": 1_000_000}, {"drift": 7}, {"tolerance": 9}]
    )
    def test_its_code_is_accepted_once_and_consumed_in_last_t(self, nina, fields):
        device = stock_totp(nina, **fields)
        code = code_of(device)

        assert isinstance(attempt(nina, code), Verified)

        device.refresh_from_db()
        assert device.last_t == (int(timezone.now().timestamp()) - device.t0) // device.step
        assert isinstance(attempt(nina, code), CodeRefused)
        assert isinstance(attempt(nina, code_of(device, steps=-1)), CodeRefused)

    @pytest.mark.parametrize("sync", [True, False])
    def test_drift_is_neither_used_nor_changed(self, nina, clock, settings, sync):
        settings.OTP_TOTP_SYNC = sync
        device = stock_totp(nina, drift=3)

        assert isinstance(attempt(nina, code_of(device, steps=3)), CodeRefused)
        assert isinstance(attempt(nina, code_of(device)), Verified)
        device.refresh_from_db()
        assert device.drift == 3

    def test_sixty_future_codes_do_not_walk_ahead(self, nina, settings):
        settings.ACCESSFLOW_MFA_LOCK_AFTER = settings.ACCESSFLOW_MFA_LOCK_DAILY = 1000
        device = stock_totp(nina)

        outcomes = [attempt(nina, code_of(device, steps=steps)) for steps in range(1, 61)]

        assert all(isinstance(outcome, CodeRefused) for outcome in outcomes)

    def test_a_code_of_another_length_is_wrong(self, nina):
        device = stock_totp(nina, digits=8)

        assert isinstance(attempt(nina, code_of(device)[-6:]), CodeRefused)

    def test_an_unconfirmed_one_verifies_nothing(self, nina):
        device = stock_totp(nina, confirmed=False)

        assert isinstance(attempt(nina, code_of(device)), CodeRefused)
        assert isinstance(attempt(nina, code_of(device), device=id_of(device)), CodeRefused)

    def test_its_own_throttling_is_left_alone_and_ours_counts(self, nina):
        device = stock_totp(nina)

        for _ in range(5):
            attempt(nina, "000000")

        assert isinstance(attempt(nina, code_of(device)), LockedOut)
        device.refresh_from_db()
        assert device.throttling_failure_count == 0

    def test_a_code_spent_in_django_otps_form_is_spent_here_too(self, nina):
        device = stock_totp(nina)
        code = code_of(device)
        assert device.verify_token(code)

        assert isinstance(attempt(nina, code), CodeRefused)

    def test_it_shows_in_the_list_and_counts_as_enrolled(self, nina, clock):
        device, client = stock_totp(nina), by_token(nina)

        (shown,) = client.get(API + "devices/").json()

        assert (shown["id"], shown["kind"], shown["name"]) == (id_of(device), "totp", "old phone")
        assert client.get(API + "status/").json()["enrolled"] is True
        assert KEY not in client.get(API + "devices/").content.decode()

    def test_it_counts_only_where_the_settings_name_it(self, nina, settings):
        settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"drf_accessflow_mfa.AuthenticatorApp": "otp"}
        device = stock_totp(nina)

        assert isinstance(attempt(nina, code_of(device)), CodeRefused)
        assert isinstance(attempt(nina, code_of(device), device=id_of(device)), CodeRefused)


class TestStatic:
    @pytest.fixture
    def paper(self, nina):
        device = StaticDevice.objects.create(user=nina.user, name="paper")
        for token in ("abcd2345", "12345678", "wxyz6789"):
            device.token_set.create(token=token)
        return device

    @pytest.mark.parametrize("token", ["abcd2345", "12345678"])
    def test_each_token_is_accepted_once(self, nina, paper, token):
        assert isinstance(attempt(nina, token), Verified)
        assert isinstance(attempt(nina, token), CodeRefused)
        assert paper.token_set.count() == 2

    def test_it_counts_as_a_recovery_code(self, nina, paper):
        attempt(nina, "abcd2345")

        assert Verification.objects.get().method == "recovery_code"

    def test_it_works_while_codes_are_locked(self, nina, paper):
        for _ in range(5):
            attempt(nina, "000000")

        assert isinstance(attempt(nina, "abcd2345"), Verified)

    def test_an_unconfirmed_one_verifies_nothing(self, nina, paper):
        StaticDevice.objects.update(confirmed=False)

        assert isinstance(attempt(nina, "abcd2345"), CodeRefused)

    def test_somebody_elses_token_is_refused(self, rita, paper):
        assert isinstance(attempt(rita, "abcd2345"), CodeRefused)
        assert isinstance(attempt(rita, "abcd2345", device=id_of(paper)), CodeRefused)
        assert paper.token_set.count() == 3


class TestEmail:
    @pytest.fixture(autouse=True)
    def email_counts(self, settings):
        settings.ACCESSFLOW_MFA_DEVICE_MODELS = {
            "drf_accessflow_mfa.AuthenticatorApp": "otp",
            "otp_email.EmailDevice": "otp",
        }

    @pytest.fixture
    def sent(self, nina):
        device = EmailDevice.objects.create(user=nina.user, name="mail", email="nina@example.org")
        device.generate_token(length=6, valid_secs=300)
        return device

    def test_the_token_that_was_sent_is_accepted_once(self, nina, sent):
        assert isinstance(attempt(nina, sent.token), Verified)
        assert isinstance(attempt(nina, sent.token), CodeRefused)

    def test_it_expires(self, nina, sent, clock):
        clock.shift(timedelta(seconds=301))

        assert isinstance(attempt(nina, sent.token), CodeRefused)

    def test_a_wrong_token_is_counted(self, nina, sent):
        wrong = "000000" if sent.token != "000000" else "111111"

        assert isinstance(attempt(nina, wrong), CodeRefused)
        assert nina.budget() == (1, 1)

    def test_an_unconfirmed_one_verifies_nothing(self, nina, sent):
        EmailDevice.objects.update(confirmed=False)

        assert isinstance(attempt(nina, sent.token), CodeRefused)

    def test_its_token_is_never_shown(self, nina, sent, clock):
        client = by_token(nina)
        post_code(client, sent.token)

        assert sent.token not in client.get(API + "devices/").content.decode()


@pytest.mark.parametrize(
    "device_id", ["otp_totp.totpdevice", "otp_totp.totpdevice-x", "auth.user-1", "-1", "x-1"]
)
def test_an_id_of_no_device_is_a_wrong_code(nina, device_id):
    stock_totp(nina)

    assert isinstance(attempt(nina, "123456", device=device_id), CodeRefused)
    assert nina.budget() == (1, 1)

"""Stock devices called bare, as django-otp's forms and admin do: through the same door as ours."""

import base64
from datetime import timedelta

import django_otp
import pyotp
import pytest
from django.db import transaction
from django.test.utils import isolate_apps
from django.utils import timezone
from django_otp.forms import OTPTokenForm
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa.defaults import DEFAULTS
from drf_accessflow_mfa.devices.bare_calls import lead_bare_calls_through_our_door
from drf_accessflow_mfa.models import Verification
from tests.people import by_token, enrolled, flow, person, post_code
from tests.support.projects import project_on

KEY = "3132333435363738393031323334353637383930"
WRONG = {"totp": "000000", "static": "wrong234", "email": "000000"}
KINDS = sorted(WRONG)


@pytest.fixture(autouse=True)
def emails_count(settings):
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {**DEFAULTS["DEVICE_MODELS"], "otp_email.EmailDevice": "otp"}


def give(someone, kind, **fields):
    """Give somebody a stock device, and return it with a code that it accepts."""
    if kind == "static":
        device = StaticDevice.objects.create(user=someone.user, name=kind, **fields)
        return device, device.token_set.create(token="abcd2345").token
    if kind == "email":
        until = timezone.now() + timedelta(minutes=5)
        fields |= {"token": "123456", "valid_until": until}
        return EmailDevice.objects.create(user=someone.user, name=kind, **fields), "123456"
    device = TOTPDevice.objects.create(user=someone.user, name=kind, key=KEY, **fields)
    return device, code_of(device)


def code_of(device):
    return pyotp.TOTP(base64.b32encode(device.bin_key).decode()).at(timezone.now())


def budget_of(someone, kind):
    return someone.recovery_budget() if kind == "static" else someone.budget()


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_is_charged_spent_and_audited_and_proves_nothing_for_any_credential(nina, kind):
    device, code = give(nina, kind)

    said = [device.verify_token(token) for token in (WRONG[kind], code, code)]

    assert said == [False, True, False]
    assert nina.events() == [("mfa.failed", "wrong_code"), ("mfa.verified", ""), ("mfa.failed", "replayed")]
    assert budget_of(nina, kind) == (0, 1)
    assert not Verification.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_spent_there_is_spent_in_the_api_and_the_other_way_round(nina, omar, kind):
    device, code = give(nina, kind)
    device.verify_token(code)
    assert post_code(by_token(nina), code).status_code == 400

    other, code = give(omar, kind)
    assert post_code(by_token(omar), code).status_code == 201
    assert other.verify_token(code) is False


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_locked_in_the_api_is_locked_there_and_the_other_way_round(nina, kind):
    device, code = give(nina, kind)
    for _ in range(5):
        assert device.verify_token(WRONG[kind]) is False

    assert device.verify_token(code) is False
    is_allowed, why = device.verify_is_allowed()
    assert (is_allowed, why["reason"]) == (False, "wait")
    assert post_code(by_token(nina), code).status_code == 429


@pytest.mark.parametrize("kind", KINDS)
def test_throttling_of_django_otps_own_locks_nobody_beside_the_budget(nina, kind):
    device, code = give(nina, kind, throttling_failure_timestamp=timezone.now(), throttling_failure_count=9)

    assert device.verify_is_allowed() == (True, None)
    assert device.verify_token(WRONG[kind]) is False
    assert device.verify_token(code) is True


@pytest.mark.parametrize("kind", KINDS)
def test_an_instance_that_is_saved_afterwards_gives_nothing_back(nina, kind):
    """Hosts write ``device.confirmed = True; device.save()`` after each code."""
    device, code = give(nina, kind)
    device.verify_token(code)
    device.confirmed = True
    device.save()

    assert type(device).objects.get().verify_token(code) is False


def test_an_instance_read_before_the_code_was_spent_does_not_accept_it_again(nina):
    device, code = give(nina, "totp")
    early = TOTPDevice.objects.get()
    assert device.verify_token(code) is True

    assert early.verify_token(code) is False


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_does_not_count_is_left_alone(nina, settings, kind):
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"drf_accessflow_mfa.AuthenticatorApp": "otp"}
    device, code = give(nina, kind)

    assert device.verify_token(code) is True
    assert device.verify_token(WRONG[kind]) is False
    assert device.verify_is_allowed()[1]["failure_count"] == 1
    assert type(device).objects.select_for_update().query.select_for_update is True
    assert nina.events() == []


def test_a_device_that_is_not_confirmed_is_left_to_the_host_which_confirms_with_it(nina):
    device, code = give(nina, "totp", confirmed=False)

    assert device.verify_token(code) is True

    device.confirmed = True
    device.save()
    assert nina.events() == []
    assert device.verify_token(code) is False


def test_a_device_judged_by_its_own_method_is_charged_once_and_keeps_its_own_limits(tmp_path):
    counting = {"DJANGO_SETTINGS_MODULE": "tests.support.settings_with_counter"}
    with project_on("sqlite", directory=tmp_path) as project:
        assert project.manage("migrate", "--verbosity=0", **counting).code == 0

        said = project.call(f"{__name__}.use_a_counter", **counting)

    assert said == {
        "accepted": [False, False, True, False],
        "allowed": [True, False, True, True],
        "counter": 1,
        "events": [
            ["mfa.failed", "wrong_code"],
            ["mfa.failed", "wrong_code"],
            ["mfa.verified", ""],
            ["mfa.failed", "replayed"],
        ],
        "budget": [0, 2],
    }


def use_a_counter():
    """Send a wrong code, the right one while the device makes us wait, and the right one twice."""
    from django_otp.plugins.otp_hotp.models import HOTPDevice

    nina = person("nina")
    counter = HOTPDevice.objects.create(user=nina.user, name="counter", key=KEY)
    right = pyotp.HOTP(base64.b32encode(counter.bin_key).decode()).at(0)
    accepted, allowed = [], []
    for code in ("000000", right, right, right):
        device = HOTPDevice.objects.get()
        allowed.append(device.verify_is_allowed()[0])
        accepted.append(device.verify_token(code))
        if len(accepted) == 2:
            HOTPDevice.objects.update(throttling_failure_count=0)
    return {
        "accepted": accepted,
        "allowed": allowed,
        "counter": HOTPDevice.objects.get().counter,
        "events": nina.events(),
        "budget": nina.budget(),
    }


@pytest.mark.parametrize("model", [EmailDevice, StaticDevice, TOTPDevice])
def test_django_otp_holds_no_lock_on_the_row_that_the_code_is_spent_in(nina, model):
    """Its forms lock the device and then wait for us; we spend the code over another connection."""
    related = getattr(nina.user, f"{model._meta.model_name}_set")

    for rows in (model.objects.filter(user=nina.user), related.all()):
        assert rows.select_for_update().query.select_for_update is False


@isolate_apps("django_otp.plugins.otp_totp")
def test_a_proxy_of_a_model_that_counts_goes_the_same_way(nina):
    class Renamed(TOTPDevice):
        class Meta:
            app_label = "otp_totp"
            proxy = True

    give(nina, "totp")
    device = Renamed.objects.get()
    code = code_of(device)

    assert [device.verify_token(code) for _ in range(2)] == [True, False]
    assert nina.events() == [("mfa.verified", ""), ("mfa.failed", "replayed")]


def test_wrapping_twice_changes_nothing():
    before = (TOTPDevice.verify_token, TOTPDevice.verify_is_allowed, django_otp.match_token)

    lead_bare_calls_through_our_door()

    assert (TOTPDevice.verify_token, TOTPDevice.verify_is_allowed, django_otp.match_token) == before


class TestMatchToken:
    """django-otp's ``match_token`` asks each device in turn; here one guess is one charge."""

    def test_a_wrong_code_is_one_guess_however_many_devices_there_are(self, rita):
        for _ in range(3):
            give(rita, "totp")
        give(rita, "email")

        assert django_otp.match_token(rita.user, "000000") is None

        assert rita.budget() == (1, 1)
        assert rita.events() == [("mfa.failed", "wrong_code")]

    def test_a_right_code_of_the_last_device_costs_nothing(self, rita):
        device, code = give(rita, "email")

        matched = django_otp.match_token(rita.user, code)

        assert matched == device
        assert rita.budget() == (0, 0)
        assert django_otp.match_token(rita.user, code) is None

    def test_devices_that_do_not_count_are_asked_as_ever(self, rita, settings):
        settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"drf_accessflow_mfa.AuthenticatorApp": "otp"}
        device, code = give(rita, "totp")

        assert django_otp.match_token(rita.user, code) == device
        assert rita.budget() == (0, 0)

    def test_whoever_has_no_device_that_counts_is_charged_nothing(self, nina):
        assert django_otp.match_token(nina.user, "123456") is None
        assert nina.events() == []


def test_django_otps_form_says_no_to_whoever_is_locked(nina):
    device, code = give(nina, "totp")
    for _ in range(5):
        device.verify_token(WRONG["totp"])

    form = OTPTokenForm(nina.user, data={"otp_device": device.persistent_id, "otp_token": code})

    assert form.is_valid() is False
    assert nina.events()[-1] == ("mfa.failed", "wrong_code")


@pytest.mark.django_db(transaction=True)
class TestInSomebodysTransaction:
    @pytest.fixture
    def someone(self, clock):
        flow("refunds")
        return person("nina")

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_code_stays_spent_when_it_is_rolled_back(self, someone, kind):
        device, code = give(someone, kind)
        with transaction.atomic():
            assert device.verify_token(code) is True
            transaction.set_rollback(True)

        assert type(device).objects.get().verify_token(code) is False

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_guess_stays_counted_when_it_is_rolled_back(self, someone, kind):
        device, code = give(someone, kind)
        for _ in range(5):
            with transaction.atomic():
                assert device.verify_token(WRONG[kind]) is False
                transaction.set_rollback(True)

        assert budget_of(someone, kind) == (5, 5)
        assert device.verify_token(code) is False

    def test_a_guess_at_all_devices_stays_counted_too(self, someone):
        give(someone, "totp")
        with transaction.atomic():
            assert django_otp.match_token(someone.user, "000000") is None
            transaction.set_rollback(True)

        assert someone.budget() == (1, 1)


def test_ours_is_refused_where_its_model_does_not_count(clock, db, settings):
    rita = enrolled("rita")
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"otp_totp.TOTPDevice": "otp"}

    assert rita.app.verify_token(rita.code()) is False
    is_allowed, why = rita.app.verify_is_allowed()
    assert (is_allowed, why) == (False, {"reason": "not_counted"})
    form = OTPTokenForm(rita.user, data={"otp_device": rita.app.persistent_id, "otp_token": rita.code()})
    assert form.is_valid() is False

"""What a code spends, and what an enrollment confirms, is one row: nobody else's, and written whole."""

from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa.devices import authenticator_app
from drf_accessflow_mfa.devices.counted import as_user_device
from drf_accessflow_mfa.devices.kinds import Judgement
from drf_accessflow_mfa.devices.registry import (
    device_models,
    devices_of,
    find_device,
    is_expired_enrollment,
)
from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.models import AuthenticatorApp, RecoveryCode, RecoveryCodes
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
from tests.people import ORIGIN, enrolled, with_app

KEY = "3132333435363738393031323334353637383930"


def accept(someone, code):
    assert isinstance(verify(someone.caller(), code, origin=ORIGIN), Verified)


def judge(row, code):
    return as_user_device(row).kind.judge(row, code, now=timezone.now(), using="default")


def without_times(row):
    row.refresh_from_db()
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_code_is_spent_on_its_own_app_alone(rita, omar):
    before = without_times(omar.app)

    accept(rita, rita.code())

    assert without_times(omar.app) == before
    rita.app.refresh_from_db()
    assert rita.app.last_used_at == timezone.now()


def test_an_app_that_was_switched_off_meanwhile_accepts_nothing(rita):
    AuthenticatorApp.objects.update(confirmed=False)

    assert judge(rita.app, rita.code()) is Judgement.REPLAYED
    assert AuthenticatorApp.objects.get().last_step == -1


def test_confirming_an_enrollment_confirms_no_other(nina, omar):
    mine, theirs = with_app(nina, confirmed=False), with_app(omar, confirmed=False, name="tablet")
    AuthenticatorApp.objects.filter(pk=mine.app.pk).update(binding="my session")

    confirmed = authenticator_app.confirm(mine.app, mine.code(), now=timezone.now(), using="default")

    assert confirmed is Judgement.ACCEPTED
    assert AuthenticatorApp.objects.get(pk=theirs.app.pk).confirmed is False
    row = AuthenticatorApp.objects.get(pk=mine.app.pk)
    assert (row.confirmed, row.confirmed_at, row.last_used_at, row.binding) == (
        True,
        timezone.now(),
        timezone.now(),
        "",
    )


def test_an_instance_that_was_read_before_the_confirmation_confirms_nothing_again(nina):
    pending = with_app(nina, confirmed=False)

    verdicts = [
        authenticator_app.confirm(pending.app, pending.code(), now=timezone.now(), using="default")
        for _ in range(2)
    ]

    assert verdicts == [Judgement.ACCEPTED, Judgement.REPLAYED]


def test_recovery_codes_of_others_stay_when_one_is_used_and_when_a_set_is_replaced(rita, omar, clock):
    theirs = omar.recovery_codes()
    mine = rita.recovery_codes()
    accept(rita, mine[0])

    assert RecoveryCodes.objects.get(user=rita.user).last_used_at == timezone.now()
    assert RecoveryCodes.objects.get(user=omar.user).last_used_at is None
    made_at = RecoveryCodes.objects.get(user=omar.user).generated_at
    clock.shift(60)
    rita.recovery_codes()

    row = RecoveryCodes.objects.get(user=rita.user)
    assert (row.generated_at, row.last_used_at) == (timezone.now(), None)
    assert RecoveryCodes.objects.get(user=omar.user).generated_at == made_at
    assert RecoveryCode.objects.filter(batch__user=omar.user, used_at=None).count() == len(theirs)
    accept(omar, theirs[0])


def test_a_stock_authenticator_is_written_alone_and_only_while_it_counts(nina, omar):
    mine = TOTPDevice.objects.create(user=nina.user, name="old phone", key=KEY)
    theirs = TOTPDevice.objects.create(user=omar.user, name="old phone", key=KEY)
    code = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").at(timezone.now())
    before = without_times(theirs)

    accept(nina, code)

    assert without_times(theirs) == before
    mine.refresh_from_db()
    assert mine.last_used_at == timezone.now()
    TOTPDevice.objects.update(confirmed=False)
    assert judge(theirs, code) is Judgement.REPLAYED


def test_a_stock_set_of_tokens_is_written_alone(nina, omar):
    devices = [StaticDevice.objects.create(user=person.user, name="paper") for person in (nina, omar)]
    for device in devices:
        device.token_set.create(token="abcd2345")

    accept(nina, "abcd2345")

    mine, theirs = (StaticDevice.objects.get(pk=device.pk) for device in devices)
    assert (mine.last_used_at, theirs.last_used_at) == (timezone.now(), None)
    assert (mine.token_set.count(), theirs.token_set.count()) == (0, 1)


@pytest.fixture
def email_counts(settings):
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {
        "drf_accessflow_mfa.AuthenticatorApp": "otp",
        "otp_email.EmailDevice": "otp",
    }


def sent(someone, token="123456"):
    ends = timezone.now() + timedelta(minutes=5)
    return EmailDevice.objects.create(
        user=someone.user, name="mail", email="x@example.org", token=token, valid_until=ends
    )


def test_a_token_that_was_sent_is_cleared_alone_and_for_good(email_counts, nina, omar):
    mine, theirs = sent(nina), sent(omar)

    accept(nina, "123456")

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.token, mine.valid_until) == (None, timezone.now())
    assert (theirs.token, theirs.valid_until) == ("123456", timezone.now() + timedelta(minutes=5))


def test_a_device_that_sends_and_was_switched_off_meanwhile_accepts_nothing(email_counts, nina):
    device = sent(nina)
    EmailDevice.objects.update(confirmed=False)

    assert judge(device, "123456") is Judgement.WRONG_CODE


def test_a_device_that_sends_is_judged_as_one(email_counts, rita):
    kinds = [as_user_device(row).kind.name for row in (sent(rita), rita.app)]

    assert kinds == ["side_channel", "authenticator_app"]


def test_each_row_is_judged_by_its_own_kind(rita):
    rita.recovery_codes()

    assert as_user_device(RecoveryCodes.objects.get()).method is Method.RECOVERY_CODE
    kinds = [entry.kind.name for entry in device_models()]
    assert kinds == ["authenticator_app", "recovery_codes", "totp", "static"]


def test_only_an_enrollment_of_ours_that_was_not_confirmed_expires(rita, clock):
    pending = with_app(rita, confirmed=False, name="tablet")
    stock = TOTPDevice.objects.create(user=rita.user, name="old phone", key=KEY, confirmed=False)
    clock.shift(timedelta(days=2))

    expired = [is_expired_enrollment(row, now=timezone.now()) for row in (rita.app, pending.app, stock)]

    assert expired == [False, True, False]
    listed = devices_of(rita.user, using="default", now=timezone.now())
    assert {device.name for device in listed} == {"phone", "old phone"}


@pytest.mark.parametrize(
    "spelled", [str, lambda key: key.translate({48 + digit: 0x660 + digit for digit in range(10)})]
)
def test_an_id_is_read_in_ascii_digits_alone(db, clock, spelled):
    rita = enrolled("rita")
    device_id = f"drf_accessflow_mfa.authenticatorapp-{spelled(str(rita.app.pk))}"

    found = find_device(rita.user, device_id, using="default")

    assert (found is not None) is device_id.isascii()


@pytest.mark.parametrize(("code", "read"), [("123456", "123456"), ("1234567", None), ("12345678", None)])
def test_an_app_of_ours_reads_six_digits_and_no_more(code, read):
    assert authenticator_app.AuthenticatorAppKind().canonical(code) == read

"""Only an app of ours that this credential enrolls, and in time, can be confirmed, renamed or removed."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.domain.errors import DeviceNotFound, EnrollmentNotFound
from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp, RecoveryCodes
from drf_accessflow_mfa.services import enroll, manage, reset
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.requests.proof import CodeGuess
from drf_accessflow_mfa.services.verify import verify
from tests.people import ORIGIN, may, person, with_app

KEY = "3132333435363738393031323334353637383930"


def confirm(someone, device_id, code="123456"):
    return enroll.confirm_enrollment(someone.caller(), device_id, code, origin=ORIGIN)


def test_a_device_of_another_package_and_one_that_is_confirmed_are_no_enrollments(rita):
    stock = TOTPDevice.objects.create(user=rita.user, name="old", key=KEY, confirmed=False)

    for device_id in (id_of(stock), rita.device, "otp_totp.totpdevice-999"):
        with pytest.raises(EnrollmentNotFound):
            confirm(rita, device_id)


def test_an_enrollment_that_is_over_is_nowhere(rita, clock):
    pending = with_app(rita, confirmed=False, name="tablet")
    clock.shift(timedelta(days=1))

    with pytest.raises(DeviceNotFound):
        manage.rename_device(rita.caller(), pending.device, name="x", origin=ORIGIN)
    with pytest.raises(DeviceNotFound):
        manage.remove_device(rita.caller(), pending.device, origin=ORIGIN)
    assert [device.name for device in manage.list_devices(rita.caller())] == ["phone"]


def test_a_set_of_recovery_codes_is_no_device_to_manage(rita):
    rita.recovery_codes()
    device_id = id_of(RecoveryCodes.objects.get())

    assert [device.name for device in manage.list_devices(rita.caller())] == ["phone"]
    with pytest.raises(DeviceNotFound):
        manage.rename_device(rita.caller(), device_id, name="x", origin=ORIGIN)


def test_a_device_gets_its_name_alone(rita):
    second = with_app(rita, name="tablet")

    manage.rename_device(rita.caller(), rita.device, name="old phone", origin=ORIGIN)

    names = AuthenticatorApp.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["old phone", second.app.name]


def test_an_enrollment_that_is_not_confirmed_keeps_nobody_enrolled(rita):
    rita.recovery_codes()
    with_app(rita, confirmed=False, name="tablet")
    verify(rita.caller(), rita.code(), origin=ORIGIN)

    manage.remove_device(rita.caller(), rita.device, origin=ORIGIN)

    assert not RecoveryCodes.objects.exists()
    assert AuthenticatorApp.objects.get().name == "tablet"


def test_whoever_prints_what_an_enrollment_returned_prints_no_secret(clock, db):
    nina = person("nina")
    begun = enroll.begin_enrollment(nina.caller(), name="phone", origin=ORIGIN)
    totp = AuthenticatorApp.objects.get().totp()
    done = confirm(nina, begun.device.id, totp.at(timezone.now()))

    for text in (repr(begun), repr(done), repr(CodeGuess(code="123456"))):
        for secret in (begun.secret, begun.otpauth_uri, *done.recovery_codes, "123456"):
            assert secret not in text


def test_the_log_says_through_what_an_administrator_reset_somebody(rita, omar):
    ada = may(omar, "reset_mfa")
    verify(ada.caller(), ada.code(), origin=ORIGIN)

    reset.reset_factors(
        rita.user, reason="lost", editor=Editor(caller=ada.caller(), origin=ORIGIN), now=timezone.now()
    )

    assert AuditEvent.objects.get(kind="mfa.reset").credential == "token"

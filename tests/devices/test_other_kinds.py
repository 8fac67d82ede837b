"""Devices of other packages, judged by their own ``verify_token`` behind our door."""

import pytest
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice

from drf_accessflow_mfa.devices import by_itself
from drf_accessflow_mfa.devices.counted import as_user_device, counted_as, find_again, find_entry_of
from drf_accessflow_mfa.devices.kinds import DeviceKind, Judgement
from drf_accessflow_mfa.devices.registry import device_models, methods_of
from drf_accessflow_mfa.devices.stock import OtherKind
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.models import RecoveryCodes
from tests.people import by_token, post_code


@pytest.fixture
def paper(host_model, settings, nina):
    """Nina's device of a class that nobody here knows, with a method of its own and two tokens."""

    def verify_token(device, token):
        device.asked = [*getattr(device, "asked", []), token]
        return StaticDevice.verify_token(device, token) or None

    model = host_model("Paper", StaticDevice, verify_token=verify_token)
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"vault.Paper": "otp"}
    device = model.objects.create(user=nina.user, name="paper")
    for token in ("abcd2345", "efgh6789"):
        device.token_set.create(token=token)
    return device


def judge(device, code):
    kind = as_user_device(device).kind
    assert isinstance(kind, OtherKind)
    return kind.judge(device, code, now=timezone.now(), using="default")


def test_it_is_asked_itself_and_only_a_plain_yes_counts(paper):
    assert judge(paper, "abcd2345") is Judgement.ACCEPTED
    assert judge(paper, "abcd2345") is Judgement.WRONG_CODE
    assert paper.asked == ["abcd2345", "abcd2345"]


def test_one_that_says_more_than_yes_says_no(paper, monkeypatch):
    monkeypatch.setattr(type(paper), "verify_token", lambda device, token: "yes")

    assert judge(paper, "abcd2345") is Judgement.WRONG_CODE


def test_one_that_is_not_confirmed_is_not_asked(paper):
    paper.confirmed = False

    assert judge(paper, "abcd2345") is Judgement.WRONG_CODE
    assert not hasattr(paper, "asked")


def test_its_code_is_verified_by_the_api_once_and_its_second_use_is_told_apart(paper, nina):
    client = by_token(nina)

    answers = [post_code(client, code).status_code for code in ("efgh6789", "abcd2345", "abcd2345")]

    assert answers == [201, 201, 400]
    assert [reason for kind, reason in nina.events("mfa.failed")] == ["replayed"]


def test_what_is_left_to_django_otp_is_so_until_the_block_ends():
    assert by_itself.is_left_to_django_otp() is False
    with by_itself.left_to_django_otp():
        assert by_itself.is_left_to_django_otp() is True
    assert by_itself.is_left_to_django_otp() is False


def test_each_kind_has_a_name_for_metrics_and_says_whether_it_forgets(settings):
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {
        "drf_accessflow_mfa.AuthenticatorApp": "otp",
        "drf_accessflow_mfa.RecoveryCodes": "recovery_code",
        "otp_totp.TOTPDevice": "otp",
        "otp_static.StaticDevice": "recovery_code",
        "otp_email.EmailDevice": "otp",
    }

    kinds = {entry.kind.name: entry.kind.forgets_codes for entry in device_models()}

    assert kinds == {
        "authenticator_app": False,
        "recovery_codes": False,
        "totp": False,
        "static": True,
        "side_channel": True,
    }
    assert (OtherKind.name, OtherKind.forgets_codes, DeviceKind.forgets_codes) == ("other", True, False)


def test_judgements_are_the_words_of_the_log():
    assert [one.value for one in Judgement] == ["accepted", "wrong_code", "replayed", "secret_unreadable"]


def test_a_row_of_no_model_that_counts_is_no_device(nina):
    device = EmailDevice(user=nina.user)

    assert find_entry_of(EmailDevice) is None
    assert find_again(device, using="default") is None
    with pytest.raises(LookupError, match=r"otp_email\.EmailDevice is not in DEVICE_MODELS"):
        as_user_device(device)


def test_a_set_of_recovery_codes_tells_when_it_was_made(rita):
    rita.recovery_codes()

    assert as_user_device(RecoveryCodes.objects.get()).created_at == timezone.now()


def test_a_device_is_read_again_as_what_it_is_now_and_as_nobody_elses(rita, omar):
    found = find_again(rita.app, using="default")
    assert found.row == rita.app

    rita.app.user_id = omar.user.pk
    assert find_again(rita.app, using="default") is None


def test_what_counts_as_a_child_and_as_its_parent_counts_first_as_what_it_is(host_model, settings, nina):
    phone = host_model("Phone", StaticDevice, columns="staticdevice_ptr_id integer PRIMARY KEY")
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"otp_static.StaticDevice": "otp", "vault.Phone": "otp"}
    device = phone.objects.create(user=nina.user, name="phone")
    parent = StaticDevice.objects.get(pk=device.pk)

    def counted(row):
        return [entry.model for entry, _ in counted_as(row, using="default")]

    assert counted(device) == [phone, StaticDevice]
    assert counted(parent) == [StaticDevice, phone]


def test_a_class_is_reached_by_methods_of_that_class_alone(rita):
    assert methods_of(rita.user, Acr.MFA, using="default") == ["otp"]
    assert methods_of(rita.user, Acr.PHISHING_RESISTANT, using="default") == []

"""What happens to users and devices elsewhere, and what it ends."""

import pytest
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.test import RequestFactory

from drf_accessflow_mfa.models import AuditEvent, Verification
from drf_accessflow_mfa.services.attempts import Factor
from drf_accessflow_mfa.services.outcomes import CodeRefused, Verified
from drf_accessflow_mfa.services.verify import factor_for, verify
from tests.people import ORIGIN, by_session, enrolled, person, verified, with_app

pytestmark = pytest.mark.django_db
RECOVERY = "36Y0-SR88-4FVG-KVB5-RD2X-BH7Z"


@pytest.fixture
def rita():
    """Somebody who has verified through a token."""
    rita = enrolled()
    verify(rita.caller(), rita.code(), origin=ORIGIN)
    return rita


def ended():
    return list(
        AuditEvent.objects.filter(kind="verification.revoked").values_list("subject__username", "reason")
    )


def is_live():
    return Verification.objects.get().revoked_at is None


def test_a_user_who_is_switched_off_loses_what_they_verified(rita):
    rita.user.is_active = False
    rita.user.save()

    assert ended() == [("rita", "deactivated")]
    assert not is_live()


def test_a_user_who_is_saved_and_stays_active_loses_nothing(rita):
    rita.user.save()

    assert ended() == []
    assert is_live()


def test_a_user_whom_a_fixture_loads_loses_nothing(rita):
    rita.user.is_active = False
    rita.user.save_base(raw=True)

    assert is_live()


def test_a_user_who_is_created_inactive_has_nothing_to_lose(rita, django_assert_num_queries):
    with django_assert_num_queries(1):
        type(rita.user).objects.create(username="omar", is_active=False)

    assert is_live()


def test_a_log_in_and_a_log_out_without_a_request_or_a_user_end_nothing(rita):
    request = RequestFactory().get("/")

    user_logged_in.send(sender=type(rita.user), request=None, user=rita.user)
    user_logged_out.send(sender=type(rita.user), request=None, user=rita.user)
    user_logged_out.send(sender=None, request=request, user=None)

    assert ended() == []


def test_the_log_out_of_a_user_who_is_gone_ends_nothing():
    rita = enrolled()
    client = by_session(rita)
    verified(client, rita)
    rita.user.delete()

    client.logout()

    assert ended() == []


def test_a_repeated_log_in_is_tied_to_another_value_than_the_first():
    rita = enrolled()
    client = by_session(rita)
    verified(client, rita)
    first = client.session["_accessflow_mfa_anchor"]

    client.force_login(rita.user)

    assert client.session["_accessflow_mfa_anchor"] != first
    assert ended() == [("rita", "logged_in_again")]


def test_a_device_that_is_saved_as_unconfirmed_takes_what_it_verified_along(rita):
    rita.app.confirmed = False
    rita.app.save()

    assert not is_live()


def test_a_device_that_is_saved_as_confirmed_takes_nothing_along(rita):
    rita.app.name = "old phone"
    rita.app.save()

    assert is_live()


def test_the_removal_of_a_device_elsewhere_is_logged_if_it_was_confirmed(rita):
    device = rita.device
    with_app(rita, confirmed=False).app.delete()
    assert not AuditEvent.objects.filter(kind="device.removed").exists()

    rita.app.delete()

    removed = AuditEvent.objects.get(kind="device.removed")
    assert (removed.device, removed.reason) == (device, "removed outside of this package")
    assert not is_live()


class Credential:
    """How often a credential was asked to keep itself, and to change its key."""

    def __init__(self, someone):
        self.acts = []
        self.caller = someone.caller()._replace(
            remember=lambda: self.acts.append("remember"), renew=lambda: self.acts.append("renew")
        )


def test_a_right_code_keeps_the_credential_and_changes_its_key_and_a_wrong_one_does_neither():
    rita = enrolled()
    credential = Credential(rita)

    assert isinstance(verify(credential.caller, rita.wrong_code(), origin=ORIGIN), CodeRefused)
    assert credential.acts == []

    assert isinstance(verify(credential.caller, rita.code(), origin=ORIGIN), Verified)
    assert credential.acts == ["remember", "renew"]


@pytest.mark.parametrize(
    ("code", "device", "factor"),
    [
        ("123456", None, Factor.CODES),
        ("123456", "drf_accessflow_mfa.authenticatorapp-1", Factor.CODES),
        ("123456", "drf_accessflow_mfa.recoverycodes-1", Factor.CODES),
        ("123456", "otp_static.staticdevice-1", Factor.RECOVERY),
        ("123456", 7, Factor.CODES),
        (RECOVERY, None, Factor.RECOVERY),
        (RECOVERY, "drf_accessflow_mfa.recoverycodes-1", Factor.RECOVERY),
        (RECOVERY, "drf_accessflow_mfa.authenticatorapp-1", Factor.CODES),
        ("!!", None, Factor.CODES),
    ],
)
def test_a_code_is_charged_by_what_could_read_it(code, device, factor):
    assert factor_for(code, device) is factor


def test_a_person_without_a_device_is_charged_all_the_same():
    assert isinstance(verify(person().caller(), "123456", origin=ORIGIN), CodeRefused)

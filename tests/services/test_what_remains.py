"""What an act leaves as it was: other devices, verifications that nobody ended, and what is over already."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.domain.errors import DeviceNotFound, ResetForbidden, StepUpRequired
from drf_accessflow_mfa.models import AuthenticatorApp, PendingReset, RecoveryCodes, Verification
from drf_accessflow_mfa.services import enroll, flows, manage, require, reset, revoke, verify
from tests.people import NOON, ORIGIN, enrolled, flow, may, person, with_app

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def rita():
    """Somebody who verified at noon."""
    return verified(enrolled())


def verified(someone, at=NOON):
    verify.verify(someone.caller(), someone.code(now=at), origin=ORIGIN, now=at)
    return someone


def row_of(someone):
    return Verification.objects.get(user=someone.user)


def test_a_list_of_devices_has_no_recovery_codes(rita):
    rita.recovery_codes()

    assert [device.name for device in manage.list_devices(rita.caller())] == ["phone"]


def test_a_new_name_is_the_name_of_one_device(rita):
    with_app(rita, name="tablet")

    renamed = manage.rename_device(rita.caller(), rita.device, name="old phone", origin=ORIGIN, now=NOON)

    assert renamed.name == "old phone"
    assert set(AuthenticatorApp.objects.values_list("name", flat=True)) == {"old phone", "tablet"}


def test_an_enrollment_that_has_expired_cannot_be_renamed(rita):
    pending = with_app(rita, confirmed=False)
    later = NOON + timedelta(days=36500)

    with pytest.raises(DeviceNotFound):
        manage.rename_device(rita.caller(), pending.device, name="x", origin=ORIGIN, now=later)


def test_the_recovery_codes_go_with_the_last_device_though_another_is_being_enrolled(rita):
    rita.recovery_codes()
    enroll.begin_enrollment(rita.caller(), name="tablet", origin=ORIGIN, now=NOON)

    manage.remove_device(rita.caller(), rita.device, origin=ORIGIN, now=NOON)

    assert not RecoveryCodes.objects.exists()


def test_what_was_ended_before_its_device_was_removed_keeps_its_time(rita):
    revoke.forget_verifications(rita.caller(), origin=ORIGIN, now=NOON + SECOND)

    revoke.revoke_device(rita.user.pk, rita.device, now=NOON + HOUR, using="default")

    assert row_of(rita).revoked_at == NOON + SECOND


@pytest.mark.parametrize(
    "end",
    [
        lambda rita, at: revoke.forget_verifications(rita.caller(), origin=ORIGIN, now=at),
        lambda rita, at: revoke.revoke_user(rita.user, reason="x", origin=ORIGIN, now=at),
    ],
    ids=["forget all", "end a user's"],
)
def test_what_no_flow_can_accept_is_not_ended(rita, end):
    end(rita, NOON + LONGEST_MAX_AGE + SECOND)
    assert row_of(rita).revoked_at is None

    end(rita, NOON + LONGEST_MAX_AGE)
    assert row_of(rita).revoked_at == NOON + LONGEST_MAX_AGE


def test_ending_one_users_verifications_leaves_another_users(rita):
    omar = verified(enrolled("omar"))

    revoke.revoke_user(rita.user, reason="x", origin=ORIGIN, now=NOON)

    assert row_of(omar).revoked_at is None


def test_a_verification_is_ended_once_however_many_read_it_before(rita):
    row = row_of(rita)

    assert revoke._revoke(row, now=NOON + SECOND, using="default")
    assert not revoke._revoke(row, now=NOON + HOUR, using="default")

    assert row_of(rita).revoked_at == NOON + SECOND


def test_what_changes_of_factors_accept_for_longer_is_live_for_longer(rita, settings):
    settings.ACCESSFLOW_MFA_MANAGE_MAX_AGE = 2 * HOUR

    assert len(revoke.live_verifications(rita.caller(), now=NOON + 2 * HOUR)) == 1
    assert revoke.live_verifications(rita.caller(), now=NOON + 2 * HOUR + SECOND) == []


def test_without_a_flow_that_accepts_it_for_longer_an_old_verification_is_not_live(rita):
    flow()

    assert revoke.live_verifications(rita.caller(), now=NOON + 2 * HOUR) == []


def test_what_was_ended_is_not_fresh(rita):
    assert require.require_fresh(rita.caller(), now=NOON) == row_of(rita).pk
    revoke.forget_verifications(rita.caller(), origin=ORIGIN, now=NOON)

    with pytest.raises(StepUpRequired):
        require.require_fresh(rita.caller(), now=NOON)


def test_who_may_reset_nobody_does_not_learn_which_resets_there_are(rita):
    with pytest.raises(ResetForbidden):
        reset.confirm_reset(999, editor=flows.Editor(caller=rita.caller(), origin=ORIGIN), now=NOON)


def test_a_reset_is_asked_for_though_another_users_awaits_somebody(rita, settings):
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True
    ada = verified(may(enrolled("ada"), "reset_mfa"))
    editor = flows.Editor(caller=ada.caller(), origin=ORIGIN)

    for someone in (person("omar"), rita):
        reset.reset_factors(someone.user, reason="lost", editor=editor, now=NOON)

    assert PendingReset.objects.count() == 2

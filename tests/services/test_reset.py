"""An administrator resets the second factor of somebody who lost it; and nothing else."""

import pytest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.errors import (
    FactorsDisabled,
    ResetForbidden,
    StepUpRequired,
)
from drf_accessflow_mfa.models import (
    AttemptBudget,
    AuditEvent,
    AuthenticatorApp,
    RecoveryCodes,
    Verification,
)
from drf_accessflow_mfa.services import reset
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
from tests import people
from tests.resetting import editor, helper, reset_by

COMMAND = Editor(caller=None, origin=people.ORIGIN)


@pytest.fixture
def hella(db, clock):
    return helper()


@pytest.fixture
def two_needed(settings):
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True


def equip(someone):
    """Give somebody one device of every kind, wrong codes, and a live verification."""
    TOTPDevice.objects.create(user=someone.user, name="old", confirmed=True)
    StaticDevice.objects.create(user=someone.user, name="paper", confirmed=True)
    someone.recovery_codes()
    people.with_app(someone, confirmed=False, name="half")
    verify(someone.caller(), someone.code(), origin=people.ORIGIN)
    verify(someone.caller(), someone.wrong_code(), origin=people.ORIGIN)


def test_all_devices_codes_verifications_and_wrong_codes_go(hella, rita):
    equip(rita)

    done = reset_by(hella, rita)

    assert rita.device in done.devices
    assert len(done.devices) == len(set(done.devices)) == 5
    assert done.verifications == 1
    for model in (AuthenticatorApp, RecoveryCodes, TOTPDevice, StaticDevice):
        assert not model.objects.filter(user=rita.user).exists()
    assert not Verification.objects.filter(user=rita.user, revoked_at__isnull=True).exists()
    assert rita.budget() == (0, 0)


def test_others_keep_what_is_theirs(hella, rita, omar):
    equip(omar)

    reset_by(hella, rita)

    assert AuthenticatorApp.objects.filter(user=omar.user).count() == 2
    assert Verification.objects.filter(user=omar.user, revoked_at__isnull=True).count() == 1
    assert omar.budget() == (1, 1)


def test_nobody_is_verified_by_a_reset(hella, rita):
    before = Verification.objects.count()

    reset_by(hella, rita)

    assert Verification.objects.count() == before


def test_the_log_has_who_whom_why_and_what(hella, rita):
    equip(rita)

    done = reset_by(hella, rita)

    event = AuditEvent.objects.get(kind="mfa.reset")
    assert (event.actor_id, event.subject_id) == (hella.user.pk, rita.user.pk)
    assert event.reason == "lost phone, ticket 7"
    assert event.changes == {"devices": [list(done.devices), []], "live_verifications": [1, 0]}
    assert people.Person.events(rita, "device.removed") == [("device.removed", "reset")] * 4


def test_the_signal_comes_after_the_commit(hella, rita, django_capture_on_commit_callbacks):
    heard = []
    signals.mfa_reset.connect(lambda **facts: heard.append(facts), weak=False, dispatch_uid="heard")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            reset_by(hella, rita)
            assert heard == []
    finally:
        signals.mfa_reset.disconnect(dispatch_uid="heard")

    (facts,) = heard
    assert (facts["user"], facts["actor"], facts["reason"]) == (rita.user, hella.user, "lost phone, ticket 7")


def test_nobody_resets_their_own(hella):
    with pytest.raises(ResetForbidden, match="own_factors"):
        reset_by(hella, hella)


def test_a_superuser_does_not_reset_their_own_either(db, clock):
    root = helper("root", is_superuser=True)

    with pytest.raises(ResetForbidden, match="own_factors"):
        reset_by(root, root)


def test_without_the_permission_nobody_is_reset(rita, omar):
    verify(omar.caller(), omar.code(), origin=people.ORIGIN)

    with pytest.raises(ResetForbidden, match="not_permitted"):
        reset_by(omar, rita)


def test_a_superuser_is_reset_by_another_superuser_only(hella, ada):
    with pytest.raises(ResetForbidden, match="superuser"):
        reset_by(hella, ada)

    reset_by(helper("root", is_superuser=True), ada)

    assert not AuthenticatorApp.objects.filter(user=ada.user).exists()


def test_an_administrator_needs_a_fresh_verification_of_their_own(hella, rita, clock):
    clock.shift(3601)

    with pytest.raises(StepUpRequired):
        reset_by(hella, rita)

    assert AuthenticatorApp.objects.filter(user=rita.user).exists()
    assert not AuditEvent.objects.filter(kind="mfa.reset").exists()


def test_a_command_is_asked_for_nothing(rita, two_needed):
    reset.reset_factors(rita.user, reason="shell", editor=COMMAND)

    assert AuditEvent.objects.get(kind="mfa.reset").actor is None


def test_a_reset_lets_nobody_keep_a_disabled_budget(hella, rita):
    AttemptBudget.objects.create(user=rita.user, codes_in_a_row=100)

    reset_by(hella, rita)

    assert rita.budget() == (0, 0)


def test_unlocking_forgets_wrong_codes_and_keeps_devices(hella, rita):
    for _ in range(5):
        verify(rita.caller(), rita.wrong_code(), origin=people.ORIGIN)

    reset.unlock_factors(rita.user, reason="on the phone", editor=editor(hella))

    assert rita.budget() == (0, 0)
    assert isinstance(verify(rita.caller(), rita.code(), origin=people.ORIGIN), Verified)
    assert rita.events("mfa.unlocked") == [("mfa.unlocked", "on the phone")]


def test_what_is_disabled_is_not_merely_unlocked(hella, rita):
    AttemptBudget.objects.create(user=rita.user, codes_in_a_row=100)

    with pytest.raises(FactorsDisabled):
        reset.unlock_factors(rita.user, reason="please", editor=editor(hella))


def test_nobody_unlocks_their_own(hella):
    with pytest.raises(ResetForbidden, match="own_factors"):
        reset.unlock_factors(hella.user, reason="please", editor=editor(hella))

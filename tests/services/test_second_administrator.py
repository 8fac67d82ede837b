"""Where the setting says so, one administrator asks for a reset and another confirms it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.domain.errors import ResetForbidden, ResetNotFound, ResetPending, StepUpRequired
from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp, PendingReset
from drf_accessflow_mfa.services import reset
from tests.resetting import editor, helper, reset_by


@pytest.fixture
def hella(db, clock):
    return helper()


@pytest.fixture
def two_needed(settings):
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True


def test_where_two_are_needed_one_only_asks(hella, rita, two_needed):
    pending = reset_by(hella, rita)

    assert isinstance(pending, PendingReset)
    assert AuthenticatorApp.objects.filter(user=rita.user).exists()
    assert rita.events("mfa.reset_requested") == [("mfa.reset_requested", "lost phone, ticket 7")]


def test_another_administrator_confirms(hella, rita, two_needed):
    pending = reset_by(hella, rita)

    reset.confirm_reset(pending.pk, editor=editor(helper("hugo")))

    assert not AuthenticatorApp.objects.filter(user=rita.user).exists()
    assert not PendingReset.objects.exists()
    event = AuditEvent.objects.get(kind="mfa.reset")
    assert (event.actor_name, event.changes["requested_by"]) == ("hugo", [None, "hella"])


def test_who_asked_does_not_confirm(hella, rita, two_needed):
    pending = reset_by(hella, rita)

    with pytest.raises(ResetForbidden, match="same_administrator"):
        reset.confirm_reset(pending.pk, editor=editor(hella))


def test_whom_it_is_about_does_not_confirm(hella, two_needed):
    hugo = helper("hugo")
    pending = reset_by(hella, hugo)

    with pytest.raises(ResetForbidden, match="own_factors"):
        reset.confirm_reset(pending.pk, editor=editor(hugo))


def test_the_second_administrator_is_fresh_too(hella, rita, two_needed, clock):
    hugo = helper("hugo")
    pending = reset_by(hella, rita)
    clock.shift(3601)

    with pytest.raises(StepUpRequired):
        reset.confirm_reset(pending.pk, editor=editor(hugo))


def test_a_reset_that_waited_too_long_is_gone(hella, rita, two_needed):
    pending = reset_by(hella, rita)
    tomorrow = timezone.now() + timedelta(hours=24)

    with pytest.raises(ResetNotFound):
        reset.confirm_reset(pending.pk, editor=editor(helper("hugo")), now=tomorrow)
    assert not reset.pending_resets(now=tomorrow).exists()


def test_one_reset_of_a_user_waits_at_a_time(hella, rita, two_needed):
    reset_by(hella, rita)

    with pytest.raises(ResetPending):
        reset_by(hella, rita)


def test_one_that_waited_too_long_makes_room(hella, rita, two_needed, clock, settings):
    settings.ACCESSFLOW_MFA_RESET_TTL = 60
    reset_by(hella, rita)
    clock.shift(61)

    reset_by(hella, rita)

    assert PendingReset.objects.count() == 1


def test_a_reset_can_be_taken_back(hella, rita, two_needed):
    pending = reset_by(hella, rita)

    reset.cancel_reset(pending.pk, editor=editor(hella))

    assert not PendingReset.objects.exists()
    assert rita.events("mfa.reset_canceled") != []


def test_without_the_permission_nothing_is_confirmed_or_taken_back(hella, rita, omar, two_needed):
    pending = reset_by(hella, rita)

    for act in (reset.confirm_reset, reset.cancel_reset):
        with pytest.raises(ResetForbidden, match="not_permitted"):
            act(pending.pk, editor=editor(omar))

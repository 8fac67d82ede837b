"""Each act happens, and is logged, at the moment that its caller gives."""

from datetime import timedelta

import pyotp
import pytest

from drf_accessflow_mfa.domain.assurance import Requirement
from drf_accessflow_mfa.domain.errors import StepUpRequired
from drf_accessflow_mfa.models import AuditEvent, PendingReset, Verification
from drf_accessflow_mfa.services import (
    django_otp_door,
    enroll,
    flows,
    manage,
    recovery,
    require,
    reset,
    revoke,
    verify,
)
from tests.people import NOON, ORIGIN, enrolled, person

pytestmark = pytest.mark.django_db
COMMAND = flows.Editor(caller=None, origin=ORIGIN)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def logged():
    """The seconds after noon at which events happened, by kind, each kind once."""
    events = AuditEvent.objects.values_list("kind", "occurred_at")
    return {kind: (at - NOON).total_seconds() for kind, at in events}


def test_changes_of_flows():
    flows.create_flow({"slug": "refunds", "name": "Refunds"}, editor=COMMAND, now=NOON)
    flows.change_flow("refunds", {"require_mfa": True}, editor=COMMAND, now=NOON + SECOND)
    flows.delete_flow("refunds", editor=COMMAND, now=NOON + 2 * SECOND)

    assert logged() == {"flow.created": 0, "flow.changed": 1, "flow.deleted": 2}


def test_changes_of_factors():
    rita = enrolled()
    caller = rita.caller()
    verify.verify(caller, rita.code(now=NOON), origin=ORIGIN, now=NOON)

    manage.rename_device(caller, rita.device, name="old phone", origin=ORIGIN, now=NOON + SECOND)
    recovery.replace_recovery_codes(caller, origin=ORIGIN, now=NOON + 2 * SECOND)
    manage.remove_device(caller, rita.device, origin=ORIGIN, now=NOON + 3 * SECOND)

    assert logged() | {"mfa.verified": 0, "device.renamed": 1, "recovery_codes.generated": 2} == logged()
    assert logged()["device.removed"] == 3


def test_an_enrollment():
    omar = person("omar")
    caller = omar.caller()

    begun = enroll.begin_enrollment(caller, name="phone", origin=ORIGIN, now=NOON)
    [shown] = manage.list_devices(caller, now=NOON + SECOND)
    expired = manage.list_devices(caller, now=NOON + 24 * HOUR)
    code = pyotp.TOTP(begun.secret).at(NOON + 2 * SECOND)
    enroll.confirm_enrollment(caller, shown.id, code, origin=ORIGIN, now=NOON + 2 * SECOND)

    assert expired == []
    assert NOON < begun.expires_at <= NOON + HOUR
    assert logged() | {"enrollment.begun": 0, "device.enrolled": 2} == logged()


def test_what_is_fresh():
    rita = enrolled()
    caller = rita.caller()
    verify.verify(caller, rita.code(now=NOON), origin=ORIGIN, now=NOON)

    require.require_fresh(caller, now=NOON + SECOND)

    with pytest.raises(StepUpRequired):
        require.require_fresh(caller, now=NOON + 2 * HOUR)


def test_a_reset():
    reset.reset_factors(enrolled().user, reason="lost", editor=COMMAND, now=NOON)

    assert logged()["mfa.reset"] == 0


def test_resets_that_await_somebody_and_are_taken_back():
    rita = enrolled()
    pending = PendingReset.objects.create(
        subject=rita.user,
        requested_by=person("ada").user,
        reason="lost",
        requested_at=NOON,
        expires_at=NOON + HOUR,
    )

    assert list(reset.pending_resets(now=NOON + HOUR - SECOND)) == [pending]
    assert list(reset.pending_resets(now=NOON + HOUR)) == []
    reset.unlock_factors(rita.user, reason="tired", editor=COMMAND, now=NOON)
    reset.cancel_reset(pending.pk, editor=COMMAND, now=NOON + SECOND)
    assert logged() == {"mfa.unlocked": 0, "mfa.reset_canceled": 1}


def test_what_is_live():
    rita = enrolled()
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    [live] = revoke.live_verifications(rita.caller(), now=NOON + HOUR)

    assert live.expires_at == NOON + HOUR
    assert not live.is_for_longer_ages_only
    assert revoke.live_verifications(rita.caller(), now=NOON + HOUR + SECOND) == []
    assert revoke.live_verifications(rita.caller(), now=NOON - SECOND) == []


@pytest.mark.parametrize(
    "end",
    [
        lambda rita, row: revoke.forget_verification(rita.caller(), row.pk, origin=ORIGIN, now=NOON + SECOND),
        lambda rita, row: revoke.forget_verifications(rita.caller(), origin=ORIGIN, now=NOON + SECOND),
        lambda rita, row: revoke.revoke_user(rita.user, reason="x", origin=ORIGIN, now=NOON + SECOND),
        lambda rita, row: revoke.revoke_binding(
            rita.user, row.binding, reason="x", origin=ORIGIN, now=NOON + SECOND
        ),
    ],
    ids=["forget one", "forget all", "end a user's", "end a credential's"],
)
def test_the_end_of_a_verification(end):
    rita = enrolled()
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    end(rita, Verification.objects.get())

    assert Verification.objects.get().revoked_at == NOON + SECOND
    assert logged()["verification.revoked"] == 1


def test_what_a_further_enrollment_needs():
    rita = enrolled()
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    enroll.allow_enrollment(rita.caller(), now=NOON + SECOND)

    with pytest.raises(StepUpRequired):
        enroll.allow_enrollment(rita.caller(), now=NOON + 2 * HOUR)


def test_a_requirement_that_stands_in_the_code():
    rita = enrolled()
    minute = Requirement(flow=None, max_age=timedelta(minutes=1))
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    passed = require.require_assurance(minute, rita.caller(), now=NOON + SECOND)

    assert passed.verifications == {"": Verification.objects.get().pk}
    with pytest.raises(StepUpRequired):
        require.require_assurance(minute, rita.caller(), now=NOON + HOUR)


def test_a_code_of_a_bare_device():
    rita = enrolled()

    assert django_otp_door.verify_bare(rita.app, rita.code(now=NOON), now=NOON)
    assert django_otp_door.match_bare(rita.user, rita.code(now=NOON + HOUR), now=NOON + HOUR) == rita.app

    assert sorted(AuditEvent.objects.values_list("occurred_at", flat=True)) == [NOON, NOON + HOUR]


def test_a_lock_of_a_bare_device():
    rita = enrolled()
    for _ in range(5):
        verify.verify(rita.caller(), rita.wrong_code(), origin=ORIGIN, now=NOON)

    assert django_otp_door.is_allowed(rita.app, now=NOON + HOUR) == (True, None)
    allowed, why = django_otp_door.is_allowed(rita.app, now=NOON + SECOND)

    assert not allowed
    assert why == {"reason": "wait", "locked_until": NOON + 30 * SECOND}

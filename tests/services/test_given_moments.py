"""Each act happens, and is logged, at the moment that its caller gives."""

from datetime import timedelta

import pyotp
import pytest

from drf_accessflow_mfa.domain.errors import StepUpRequired
from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.services import enroll, flows, manage, recovery, require, reset, verify
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

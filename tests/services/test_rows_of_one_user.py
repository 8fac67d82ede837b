"""What an act changes of one user or flow, and that it leaves the rows of others (rules 5 and 9)."""

from datetime import timedelta

import pyotp
import pytest
from django.core.exceptions import ValidationError

from drf_accessflow_mfa.domain.errors import EnrollmentNotFound, FlowExists
from drf_accessflow_mfa.models import AttemptBudget, AuditEvent, PendingReset, Verification
from drf_accessflow_mfa.services import enroll, flows, manage, reset, verify
from tests.people import NOON, ORIGIN, enrolled, flow, may, person

pytestmark = pytest.mark.django_db
COMMAND = flows.Editor(caller=None, origin=ORIGIN)
SECOND = timedelta(seconds=1)


class Kept:
    """How often a credential was asked to keep itself, and to change its key."""

    def __init__(self, caller):
        self.acts = []
        self.caller = caller._replace(
            remember=lambda: self.acts.append("remember"),
            renew=lambda: self.acts.append("renew"),
        )


def test_beginning_an_enrollment_keeps_the_credential_and_confirming_it_changes_its_key():
    credential = Kept(person().caller())

    begun = enroll.begin_enrollment(credential.caller, name="phone", origin=ORIGIN, now=NOON)
    assert credential.acts == ["remember"]

    totp = pyotp.TOTP(begun.secret)
    wrong = "000000" if totp.at(NOON) != "000000" else "111111"
    enroll.confirm_enrollment(credential.caller, begun.device.id, wrong, origin=ORIGIN, now=NOON)
    assert credential.acts == ["remember"]

    enroll.confirm_enrollment(credential.caller, begun.device.id, totp.at(NOON), origin=ORIGIN, now=NOON)
    assert credential.acts == ["remember", "remember", "renew"]


def test_beginning_an_enrollment_replaces_ones_own_and_nobody_elses():
    rita, omar = person(), person("omar")
    of_omar = enroll.begin_enrollment(omar.caller(), name="phone", origin=ORIGIN)
    enroll.begin_enrollment(rita.caller(), name="first", origin=ORIGIN)

    enroll.begin_enrollment(rita.caller(), name="second", origin=ORIGIN)

    assert [device.name for device in manage.list_devices(rita.caller())] == ["second"]
    assert [device.id for device in manage.list_devices(omar.caller())] == [of_omar.device.id]


def test_what_is_confirmed_already_is_no_enrollment():
    rita = enrolled()
    with pytest.raises(EnrollmentNotFound):
        enroll.confirm_enrollment(rita.caller(), rita.device, rita.code(), origin=ORIGIN)


def test_a_reset_forgets_all_wrong_codes_and_ends_what_lives_of_this_user_alone():
    rita, omar = enrolled(), enrolled("omar")
    for someone in (rita, omar):
        verify.verify(someone.caller(), someone.code(now=NOON), origin=ORIGIN, now=NOON)
        PendingReset.objects.create(
            subject=someone.user,
            requested_by=person(f"admin of {someone.user}").user,
            reason="lost",
            requested_at=NOON,
            expires_at=NOON + timedelta(days=1),
        )
    long_ago = NOON - timedelta(days=1)
    Verification.objects.create(
        **{
            field: getattr(Verification.objects.get(user=rita.user), field)
            for field in ("user", "credential", "binding", "password_stamp", "device", "method", "acr")
        },
        verified_at=long_ago,
        revoked_at=long_ago,
    )
    AttemptBudget.objects.filter(user__in=[rita.user, omar.user]).update(
        codes_in_a_row=3,
        codes_recent=[NOON.timestamp()],
        recovery_in_a_row=2,
        recovery_recent=[NOON.timestamp()],
        lock_mailed_at=NOON,
    )

    done = reset.reset_factors(rita.user, reason="lost", editor=COMMAND, now=NOON + SECOND)

    assert done.verifications == 1
    columns = ("codes_in_a_row", "codes_recent", "recovery_in_a_row", "recovery_recent", "lock_mailed_at")
    budgets = {row.user: [getattr(row, name) for name in columns] for row in AttemptBudget.objects.all()}
    assert budgets[rita.user] == [0, [], 0, [], None]
    assert budgets[omar.user][0::2] == [3, 2, NOON]
    assert PendingReset.objects.get().subject == omar.user
    revoked = Verification.objects.filter(revoked_at__isnull=False).values_list("revoked_at", flat=True)
    assert sorted(revoked) == [long_ago, NOON + SECOND]


def test_the_log_names_the_credential_of_who_changes_a_flow():
    editor = may(enrolled("ada"), "change_accessflow")
    flow()
    caller = editor.caller()
    verify.verify(caller, editor.code(now=NOON), origin=ORIGIN, now=NOON)

    person_editing = flows.Editor(caller=caller, origin=ORIGIN)
    flows.change_flow("refunds", {"name": "Money back"}, editor=person_editing, now=NOON)
    flows.change_flow("refunds", {"name": "Refunds"}, editor=COMMAND, now=NOON)

    events = AuditEvent.objects.filter(kind="flow.changed").order_by("id")
    assert [event.credential for event in events] == ["token", ""]


def test_a_flow_is_checked_before_it_is_kept():
    with pytest.raises(ValidationError):
        flows.create_flow({"slug": "no slug", "name": "x"}, editor=COMMAND)
    flows.create_flow({"slug": "refunds", "name": "Refunds"}, editor=COMMAND)
    with pytest.raises(FlowExists):
        flows.create_flow({"slug": "refunds", "name": "Refunds"}, editor=COMMAND)
    with pytest.raises(ValidationError):
        flows.change_flow("refunds", {"mfa_max_age": timedelta(days=2)}, editor=COMMAND)


def test_a_flow_is_found_by_its_name():
    flow("first")
    flow("second")

    assert flows.find_flow("second", include_inactive=False).slug == "second"

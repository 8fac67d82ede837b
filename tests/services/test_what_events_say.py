"""What stands in events and in answers of the guard's services: devices, methods, moments, requests."""

from datetime import timedelta
from uuid import uuid4

import pytest

from drf_accessflow_mfa.models import AccessRequest, AuditEvent, Verification
from drf_accessflow_mfa.services.access import read_with_access, require_access
from drf_accessflow_mfa.services.denials import Denial, record_denials
from drf_accessflow_mfa.services.passages import Passage, record_passages
from drf_accessflow_mfa.services.verify import verify
from tests.people import NOON, ORIGIN, enrolled, flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return enrolled()


def test_a_verification_names_its_device_and_method(rita):
    verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    event = AuditEvent.objects.get(kind="mfa.verified")

    assert (event.device, event.method, event.occurred_at) == (rita.device, "otp", NOON)
    assert event.verification == Verification.objects.get().pk


def test_a_refused_code_names_the_device_that_found_it_wrong(rita):
    verify(rita.caller(), rita.wrong_code(), origin=ORIGIN, now=NOON)

    event = AuditEvent.objects.get(kind="mfa.failed")

    assert (event.device, event.method, event.verification) == (rita.device, "otp", None)


def test_a_denial_is_logged_at_the_moment_that_is_given(rita):
    denial = Denial(user=rita.user, code="mfa_required", flow="refunds", credential="token")

    record_denials([denial], origin=ORIGIN, now=NOON)

    event = AuditEvent.objects.get()
    assert (event.kind, event.occurred_at, event.flow) == ("mfa.challenged", NOON, "refunds")


def test_a_passage_is_logged_for_each_flow_with_its_request(rita):
    passage = Passage(
        user=rita.user,
        verification=uuid4(),
        flows=("refunds", "payouts"),
        credential="token",
        method="GET",
        path="/a\nb" + "c" * 600,
    )

    record_passages([passage], status=204, origin=ORIGIN, now=NOON)

    events = AuditEvent.objects.order_by("id")
    assert [(event.flow, event.occurred_at) for event in events] == [("refunds", NOON), ("payouts", NOON)]
    assert events[0].verification == passage.verification
    assert events[0].changes == {
        "method": [None, "GET"],
        "path": [None, "/a?b" + "c" * 496],
        "status": [None, 204],
    }


def test_active_access_is_told_by_its_request_and_read_with_the_verification(rita):
    verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)
    active = AccessRequest.objects.create(
        flow=flow(),
        requester=rita.user,
        decided="approved",
        created_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        duration=timedelta(hours=1),
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=1),
    )

    rows = read_with_access(["refunds"], rita.caller(), now=NOON)

    assert require_access(["refunds"], rows) == [active.pk]
    assert [row.verification for row in rows] == [Verification.objects.get().pk]

"""Access requests: opened, decided, canceled, revoked, extended."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from drf_accessflow_mfa.domain.errors import (
    ActForbidden,
    ActInvalid,
    FlowInactive,
    FlowUnknown,
    RequestExists,
    RequestNotFound,
    StepUpRequired,
    TransitionRefused,
)
from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from drf_accessflow_mfa.services.outcomes import CodeRefused
from drf_accessflow_mfa.services.requests import CodeGuess
from drf_accessflow_mfa.services.verify import verify
from tests.asking import (
    HOUR,
    REJECT,
    approver,
    ask,
    cancel,
    decide,
    export,
    extend,
    join,
    kinds_of,
    leave,
    requester,
    revoke,
    status_of,
)
from tests.people import ORIGIN, enrolled, may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SECOND = timedelta(seconds=1)


@pytest.fixture
def rita(db, clock):
    return requester("rita")


@pytest.fixture
def omar(db, clock):
    return approver("omar")


def test_a_request_waits_for_an_approval_and_is_active_from_it_on(rita, omar):
    export()
    request = ask(rita)
    assert status_of(request) == "pending_approval"

    decide(omar, request)

    assert status_of(request) == "active"
    assert kinds_of(request) == ["created", "approved"]


def test_a_flow_without_approvals_opens_at_once_and_says_that_a_rule_did_it(rita):
    export(approvals_required=0)

    request = ask(rita)

    assert status_of(request) == "active"
    event = AuditEvent.objects.get(kind="request.approved")
    assert (event.actor, event.subject, event.reason) == (None, rita.user, "automatic")


def test_access_is_active_until_its_end_and_not_at_it(rita, clock):
    export(approvals_required=0)
    request = ask(rita, duration=HOUR)

    clock.shift(HOUR - SECOND)
    assert status_of(request) == "active"
    clock.shift(SECOND)
    assert status_of(request) == "ended"


def test_an_undecided_request_expires_and_cannot_be_decided_then(rita, omar, clock):
    export(approval_timeout=HOUR)
    request = ask(rita)

    clock.shift(HOUR)

    assert status_of(request) == "expired"
    with pytest.raises(TransitionRefused):
        decide(omar, request)


def test_several_approvals_of_different_people_are_needed_where_the_flow_says_so(rita, omar):
    export(approvals_required=2)
    request = ask(rita)

    decide(omar, request)
    assert status_of(request) == "pending_approval"
    with pytest.raises(TransitionRefused):
        decide(omar, request)
    decide(approver("olga"), request)

    assert status_of(request) == "active"
    assert kinds_of(request) == ["created", "endorsed", "approved"]


def test_one_rejection_is_enough(rita, omar):
    export(approvals_required=2)
    request = ask(rita)
    decide(omar, request)

    decide(approver("olga"), request, REJECT, reason="Not today.")

    assert status_of(request) == "rejected"
    assert AccessRequest.objects.get(pk=request.pk).closing_reason == "Not today."


def test_nobody_approves_their_own_request_unless_the_flow_says_so(rita):
    join(rita, "approvers")
    flow = export()
    request = ask(rita)
    with pytest.raises(ActForbidden):
        decide(rita, request)

    flow.requester_cannot_approve_self = False
    flow.save()
    decide(rita, request)

    assert status_of(request) == "active"


def test_being_a_superuser_makes_nobody_a_requester_or_an_approver(rita):
    export()
    ada = enrolled("ada", is_superuser=True)

    with pytest.raises(ActForbidden):
        ask(ada)
    with pytest.raises(ActForbidden):
        decide(ada, ask(rita))


def test_membership_counts_at_the_moment_of_the_act(rita, omar):
    export(max_extensions=1)
    request = ask(rita)
    leave(omar, "approvers")
    with pytest.raises(RequestNotFound):
        decide(omar, request)
    join(omar, "approvers")
    decide(omar, request)
    leave(rita, "requesters")

    with pytest.raises(ActForbidden):
        extend(rita, request)
    assert status_of(request) == "active"


def test_an_unknown_and_an_inactive_flow_take_no_requests(rita, omar):
    flow = export()
    request = ask(rita)
    flow.is_active = False
    flow.save()

    with pytest.raises(FlowUnknown):
        ask(rita, "nothing")
    with pytest.raises(FlowInactive):
        ask(rita)
    with pytest.raises(FlowInactive):
        decide(omar, request)


def test_a_justification_and_a_reason_are_demanded_where_the_flow_says_so(rita, omar):
    export(justification_required=True, approver_reason_required=True)
    with pytest.raises(ActInvalid):
        ask(rita, justification="  ")
    request = ask(rita, justification="Ticket 7.")

    with pytest.raises(ActInvalid):
        decide(omar, request)
    decide(omar, request, reason="Fine.")
    with pytest.raises(ActInvalid):
        revoke(omar, request)


def test_a_request_is_as_long_as_the_flow_allows_when_it_is_approved(rita, omar):
    flow = export(max_duration=2 * HOUR)
    with pytest.raises(ActInvalid):
        ask(rita, duration=2 * HOUR + SECOND)
    request = ask(rita)
    flow.max_duration = HOUR
    flow.save()

    request = decide(omar, request)

    assert request.ends_at - request.starts_at == HOUR


def test_a_flow_has_one_open_request_of_a_user_at_a_time(rita, omar, clock):
    export()
    request = ask(rita)
    with pytest.raises(RequestExists) as refusal:
        ask(rita)
    assert refusal.value.request == request.pk
    decide(omar, request)
    with pytest.raises(RequestExists):
        ask(rita)

    clock.shift(HOUR)

    assert ask(rita).pk != request.pk


def test_the_requester_takes_back_what_is_pending_and_gives_up_what_is_active(rita, omar):
    export()
    request = ask(rita)
    with pytest.raises(ActForbidden):
        cancel(omar, request)
    cancel(rita, request)
    assert status_of(request) == "canceled"

    request = ask(rita)
    decide(omar, request)
    cancel(rita, request)

    assert status_of(request) == "canceled"
    with pytest.raises(TransitionRefused):
        cancel(rita, request)


def test_approvers_and_those_with_the_permission_revoke_at_once(rita, omar):
    export(approvals_required=0)
    for someone in (omar, may(enrolled("ada"), "revoke_accessrequest", "view_accessrequest")):
        request = ask(rita)
        revoke(someone, request, reason="Enough.")
        assert status_of(request) == "revoked"
    event = AuditEvent.objects.filter(kind="request.revoked").first()
    assert (event.reason, event.subject, event.flow) == ("Enough.", rita.user, "export")


def test_nobody_else_revokes_and_what_is_over_cannot_be_revoked(rita, omar, clock):
    export(approvals_required=0)
    request = ask(rita)
    with pytest.raises(ActForbidden):
        revoke(rita, request)
    with pytest.raises(RequestNotFound):
        revoke(enrolled("nina"), request)
    clock.shift(HOUR)

    with pytest.raises(TransitionRefused):
        revoke(omar, request)


def test_active_access_is_extended_within_the_limits(rita):
    export(approvals_required=0, max_extensions=2, extension_duration=HOUR)
    request = ask(rita, duration=HOUR)
    first_end = request.ends_at

    with pytest.raises(ActInvalid):
        extend(rita, request, duration=HOUR + SECOND)
    extend(rita, request, duration=HOUR / 2)
    request = extend(rita, request)

    assert request.ends_at == first_end + 1.5 * HOUR
    with pytest.raises(TransitionRefused):
        extend(rita, request)


def test_what_is_pending_or_over_is_not_extended(rita, omar, clock):
    export(max_extensions=2)
    request = ask(rita)
    with pytest.raises(TransitionRefused):
        extend(rita, request)
    decide(omar, request)
    clock.shift(HOUR)

    with pytest.raises(TransitionRefused):
        extend(rita, request)


def test_requesting_and_extending_need_a_fresh_verification_where_the_flow_requires_mfa(rita, clock):
    export(require_mfa=True, approvals_required=0, max_extensions=1, mfa_max_age=5 * 60 * SECOND)
    with pytest.raises(StepUpRequired):
        ask(rita)
    assert not AccessRequest.objects.exists()

    verification = verify(rita.caller(), rita.code(), origin=ORIGIN).verification
    request = ask(rita)
    assert request.verification_id == verification.pk
    clock.shift(5 * 60 + 1)

    with pytest.raises(StepUpRequired):
        extend(rita, request)


def test_deciding_needs_one_only_where_the_flow_says_so(rita, omar):
    flow = export(require_mfa=False, require_mfa_to_approve=True)
    request = ask(rita)
    with pytest.raises(StepUpRequired) as refusal:
        decide(omar, request)
    assert refusal.value.flow == flow.slug
    verify(omar.caller(), omar.code(), origin=ORIGIN)

    decide(omar, request)

    assert request.decisions.get().verification is not None


def test_a_code_may_come_along_and_is_spent_whatever_becomes_of_the_act(rita):
    export(require_mfa=True, justification_required=True, approvals_required=0)
    code = rita.code()
    with pytest.raises(ActInvalid):
        ask(rita, mfa=CodeGuess(code=code))

    again = ask(rita, justification="Ticket 7.", mfa=CodeGuess(code=code))
    request = ask(rita, justification="Ticket 7.")

    assert isinstance(again, CodeRefused)
    assert status_of(request) == "active"


def test_a_wrong_code_stores_no_request_and_is_counted(rita):
    export(require_mfa=True)

    outcome = ask(rita, mfa=CodeGuess(code=rita.wrong_code()))

    assert isinstance(outcome, CodeRefused)
    assert not AccessRequest.objects.exists()
    assert rita.budget() == (1, 1)


def test_the_database_itself_refuses_impossible_rows(rita):
    flow = export()
    now = timezone.now()
    base = {
        "flow": flow,
        "requester": rita.user,
        "duration": HOUR,
        "created_at": now,
        "expires_at": now + HOUR,
    }
    for fields in (
        {"decided": "active"},
        {"decided": "revoked"},
        {"closed_at": now},
        {"starts_at": now},
        {"decided": "approved", "starts_at": now, "ends_at": now},
        {"starts_at": now, "ends_at": now + HOUR},
        {"duration": timedelta(0)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessRequest.objects.create(**{**base, **fields})


def test_acts_are_refused_inside_somebody_elses_transaction(rita, transactional_db):
    export()

    with transaction.atomic(), pytest.raises(RuntimeError):
        ask(rita)

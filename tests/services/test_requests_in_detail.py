"""Access requests in detail: how they are opened and closed, and what is told of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from drf_accessflow_mfa.domain.errors import (
    ActInvalid,
)
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from drf_accessflow_mfa.services import requests
from drf_accessflow_mfa.services.requests import closing
from drf_accessflow_mfa.services.requests.rows import Moment
from tests.asking import (
    APPROVE,
    HOUR,
    approver,
    ask,
    cancel,
    decide,
    export,
    kinds_of,
    requester,
    revoke,
    status_of,
)
from tests.people import NOON, ORIGIN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BY_TIME = Moment(now=NOON + 9 * HOUR, using="default", origin=Origin())


@pytest.fixture
def rita(db, clock):
    return requester("rita")


@pytest.fixture
def omar(db, clock):
    return approver("omar")


def changes_of(request, kind):
    return AuditEvent.objects.get(request=request.pk, kind=f"request.{kind}").changes


class TestWhatIsClosed:
    def test_access_outlives_the_time_in_which_it_had_to_be_decided(self, rita):
        export(approvals_required=0, approval_timeout=HOUR, max_duration=3 * HOUR)
        request = ask(rita)

        assert requests.close_requests(origin=Origin(), now=NOON + 2 * HOUR) == 0
        assert requests.close_requests(origin=Origin(), now=NOON + 3 * HOUR) == 1
        assert kinds_of(request) == ["created", "approved", "ended"]

    def test_what_moved_on_meanwhile_is_left_alone(self, rita, omar):
        export(approvals_required=0)
        revoked = ask(rita)
        revoke(omar, revoked)
        export("slow", approval_timeout=HOUR)
        canceled = ask(rita, "slow")
        cancel(rita, canceled)
        export("long", approvals_required=0, max_duration=24 * HOUR)
        active = ask(rita, "long")

        assert [closing._close(BY_TIME, row.pk) for row in (revoked, canceled, active)] == [False] * 3
        assert [status_of(row) for row in (revoked, canceled, active)] == ["revoked", "canceled", "active"]

    def test_the_event_says_when_it_was_over(self, rita):
        export(approvals_required=0)
        request = ask(rita)

        requests.close_requests(origin=Origin(), now=NOON + 9 * HOUR)

        assert changes_of(request, "ended") == {"closed_at": [None, "2026-06-01T13:00:05+00:00"]}


class TestWhatIsTold:
    def test_how_many_have_approved(self, rita, omar):
        export(approvals_required=2)
        request = ask(rita)
        decide(omar, request)
        decide(approver("oskar"), request)

        assert changes_of(request, "endorsed") == {"approvals": [0, 1]}
        assert changes_of(request, "approved") == {"approvals": [1, 2]}

    def test_through_which_credential(self, rita):
        export()
        request = ask(rita)

        assert AuditEvent.objects.get(request=request.pk).credential == "token"
        requests.cancel_requests_of(rita.user, reason="gone", origin=Origin())
        assert AuditEvent.objects.get(kind="request.canceled").credential == ""

    def test_a_long_reason_is_cut_in_the_log_alone(self, rita, omar):
        export()
        request = ask(rita)
        decide(omar, request)
        revoke(omar, request, reason="x" * 300)

        event = AuditEvent.objects.get(kind="request.revoked")
        assert event.reason == "x" * 200
        assert AccessRequest.objects.get().closing_reason == "x" * 300

    def test_which_text_is_missing(self, rita, omar):
        export(justification_required=True, approver_reason_required=True)
        with pytest.raises(ActInvalid) as missing:
            ask(rita, justification=" \n")
        assert missing.value.field == "justification"
        request = ask(rita, justification="because")
        with pytest.raises(ActInvalid) as missing:
            decide(omar, request)
        assert missing.value.field == "reason"
        decide(omar, request, reason="fine")
        with pytest.raises(ActInvalid) as missing:
            revoke(omar, request)
        assert missing.value.field == "reason"


class TestOpening:
    def test_the_user_is_locked_first(self, rita):
        export()

        with CaptureQueriesContext(connection) as captured:
            ask(rita)

        writes = [query["sql"] for query in captured if not query["sql"].startswith("SAVEPOINT")]
        assert writes[0].startswith('UPDATE "drf_accessflow_mfa_attemptbudget"')

    def test_what_expired_or_ended_is_in_nobodys_way(self, rita, clock):
        export(approval_timeout=HOUR)
        ask(rita)
        clock.shift(HOUR)
        second = ask(rita)
        requests.decide_request(approver().caller(), second.pk, APPROVE, origin=ORIGIN)
        clock.shift(HOUR)

        assert status_of(ask(rita)) == "pending_approval"

    def test_receivers_get_the_requester_without_a_question(
        self, rita, heard, django_capture_on_commit_callbacks, django_assert_num_queries
    ):
        export()
        with django_capture_on_commit_callbacks(execute=True):
            ask(rita)

        [told] = [facts for name, _, facts in heard if name == "request_created"]
        with django_assert_num_queries(0):
            assert told["access_request"].requester.username == "rita"


def test_where_nobody_acts_there_is_no_person():
    with pytest.raises(TypeError, match="Nobody acts"):
        assert BY_TIME.person
    assert BY_TIME.actor is None

"""Access requests in detail: whose rows an act touches, what it tells, and what it leaves alone."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.errors import (
    ActForbidden,
    ActInvalid,
    ActRefusal,
    RequestNotFound,
    TransitionRefused,
)
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from drf_accessflow_mfa.services import requests
from drf_accessflow_mfa.services.requests import closing, people, reading
from drf_accessflow_mfa.services.requests.proof import CodeGuess
from drf_accessflow_mfa.services.requests.rows import Moment
from tests.asking import (
    APPROVE,
    HOUR,
    approver,
    ask,
    cancel,
    decide,
    export,
    extend,
    join,
    kinds_of,
    requester,
    revoke,
    status_of,
)
from tests.people import NOON, ORIGIN, enrolled, may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BY_TIME = Moment(now=NOON + 9 * HOUR, using="default", origin=Origin())


@pytest.fixture
def rita(db, clock):
    return requester("rita")


@pytest.fixture
def olga(db, clock):
    return requester("olga")


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

    def test_whoever_prints_a_code_that_came_along_prints_no_code(self):
        assert "123456" not in repr(CodeGuess(code="123456"))


class TestWhoseRows:
    def test_one_persons_decisions_and_extensions_are_not_anothers(self, rita, olga, omar):
        export(max_extensions=1)
        mine, hers = ask(rita), ask(olga)
        decide(omar, mine)
        decide(omar, hers)
        extend(olga, hers)

        assert extend(rita, mine).ends_at == NOON + 2 * HOUR
        with pytest.raises(TransitionRefused):
            extend(rita, mine)

    def test_nobody_extends_for_another_even_who_sees_it_and_may_request(self, rita, omar):
        export(max_extensions=1)
        request = ask(rita)
        decide(omar, request)
        join(omar, "requesters")

        with pytest.raises(ActForbidden) as refused:
            extend(omar, request)
        assert refused.value.code is ActRefusal.NOT_THE_REQUESTER

    def test_an_act_moves_one_request(self, rita, olga, omar):
        export()
        mine, hers = ask(rita), ask(olga)

        decide(omar, hers)

        assert [status_of(mine), status_of(hers)] == ["pending_approval", "active"]
        assert requests.find_request(rita.user, mine.pk).pk == mine.pk
        assert requests.find_request(olga.user, hers.pk).pk == hers.pk
        requests.cancel_requests_of(olga.user, reason="gone", origin=Origin())
        assert [status_of(mine), status_of(hers)] == ["pending_approval", "canceled"]

    def test_who_sees_one_request_does_not_see_the_others(self, rita, olga, omar):
        export()
        export("private").approvers.clear()
        seen, unseen = ask(rita), ask(olga, "private")
        decide(omar, seen)

        assert requests.find_request(omar.user, seen.pk).pk == seen.pk
        for request, someone in ((unseen, omar), (unseen, rita), (seen, olga)):
            with pytest.raises(RequestNotFound):
                requests.find_request(someone.user, request.pk)
            with pytest.raises(RequestNotFound):
                decide(someone, request)

    def test_who_has_decided_sees_it_for_good_and_nobody_else_does(self, rita, olga, omar):
        flow = export()
        request, other = ask(rita), ask(olga)
        decide(omar, request)
        flow.approvers.clear()
        nina = enrolled("nina")

        assert people.may_see(omar.user, request)
        assert not people.may_see(omar.user, other)
        assert not people.may_see(nina.user, request)
        assert set(people.visible_to(omar.user)) == {request} == set(people.all_visible_to(omar.user))

    @pytest.mark.parametrize("permission", ["view_accessrequest", "revoke_accessrequest"])
    def test_either_permission_shows_all(self, rita, permission):
        export()
        request = ask(rita)

        assert people.may_see(may(enrolled("ada"), permission).user, request)

    def test_ones_own_is_seen_without_a_question_to_the_database(self, rita, django_assert_num_queries):
        export()
        request = ask(rita)

        with django_assert_num_queries(0):
            assert people.may_see(rita.user, request)

    def test_a_user_model_without_groups_belongs_to_none(self):
        assert people._groups_of(SimpleNamespace()) == []


class TestWhichAreListed:
    def test_what_waits_for_me(self, rita, omar):
        export()
        export("private").approvers.clear()
        export("own", requester_cannot_approve_self=False)
        join(omar, "requesters")
        to_decide, _, _, mine = ask(rita), ask(rita, "private"), ask(omar), ask(omar, "own")
        done = ask(requester("olga"))
        decide(omar, done)

        listed = requests.list_requests(omar.user, scope=reading.Scope.TO_DECIDE)
        assert set(listed) == {to_decide, mine}

    @pytest.mark.parametrize(
        ("status", "at", "is_listed"),
        [
            ("pending_approval", timedelta(0), True),
            ("pending_approval", HOUR, False),
            ("expired", HOUR, True),
            ("expired", timedelta(0), False),
        ],
    )
    def test_a_request_that_nobody_decides_by_its_status(self, rita, status, at, is_listed):
        export(approval_timeout=HOUR)
        ask(rita)

        found = requests.list_requests(rita.user, filters={"status": status}, now=NOON + at)

        assert found.exists() is is_listed

    @pytest.mark.parametrize(
        ("status", "at", "is_listed"),
        [
            ("active", timedelta(0), True),
            ("active", timedelta(seconds=-1), False),
            ("active", HOUR, False),
            ("approved", timedelta(seconds=-1), True),
            ("approved", timedelta(0), False),
            ("ended", HOUR, True),
            ("ended", timedelta(0), False),
        ],
    )
    def test_access_by_its_status(self, rita, status, at, is_listed):
        export(approvals_required=0)
        ask(rita)

        found = requests.list_requests(rita.user, filters={"status": status}, now=NOON + at)

        assert found.exists() is is_listed

    def test_what_awaits_its_grant_by_its_status(self, rita):
        export(approval_timeout=HOUR)
        ask(rita)
        AccessRequest.objects.update(decided="approved")

        for status, at in (("approved", timedelta(0)), ("expired", HOUR)):
            listed = {
                moment: requests.list_requests(
                    rita.user, filters={"status": status}, now=NOON + moment
                ).exists()
                for moment in (timedelta(0), HOUR)
            }
            assert [moment for moment, there in listed.items() if there] == [at]

    def test_without_filters_all_of_ones_own(self, rita, olga):
        export()
        mine = ask(rita)
        ask(olga)

        assert list(requests.list_requests(rita.user)) == [mine]


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

    def test_receivers_get_the_requester_without_a_question(self, rita, django_capture_on_commit_callbacks):
        export()
        asked = []

        def hear(sender, access_request, **kwargs):
            with CaptureQueriesContext(connection) as captured:
                asked.append((access_request.requester.username, len(captured)))

        signals.request_created.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                ask(rita)
        finally:
            signals.request_created.disconnect(hear)

        assert asked == [("rita", 0)]


def test_where_nobody_acts_there_is_no_person():
    with pytest.raises(TypeError, match="Nobody acts"):
        assert BY_TIME.person
    assert BY_TIME.actor is None
    assert timezone.now() == NOON

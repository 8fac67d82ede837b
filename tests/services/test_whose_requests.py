"""Whose requests an act touches, who sees which, and which are listed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from drf_accessflow_mfa.domain.errors import (
    ActForbidden,
    ActRefusal,
    RequestNotFound,
    TransitionRefused,
)
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.services import requests
from drf_accessflow_mfa.services.requests import people, reading
from tests.asking import (
    HOUR,
    approver,
    ask,
    decide,
    export,
    extend,
    join,
    requester,
    status_of,
)
from tests.people import NOON, enrolled, may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def rita(db, clock):
    return requester("rita")


@pytest.fixture
def olga(db, clock):
    return requester("olga")


@pytest.fixture
def omar(db, clock):
    return approver("omar")


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
            for moment in (timedelta(0), HOUR):
                listed = requests.list_requests(rita.user, filters={"status": status}, now=NOON + moment)
                assert listed.exists() is (moment == at)

    def test_without_filters_all_of_ones_own(self, rita, olga):
        export()
        mine = ask(rita)
        ask(olga)

        assert list(requests.list_requests(rita.user)) == [mine]

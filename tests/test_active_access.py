"""``HasActiveAccess``: a request passes while its caller's access is active."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from drf_accessflow_mfa.models import AccessFlow, AuditEvent
from drf_accessflow_mfa.permissions import PER_OBJECT, HasActiveAccess, RequiresMFA
from tests.asking import HOUR, approver, ask, decide, export, requester, revoke
from tests.guarding import thing
from tests.people import by_session, by_token, enrolled, verified

BOTH = [IsAuthenticated, RequiresMFA, HasActiveAccess]
ONE = [IsAuthenticated, HasActiveAccess]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def rita(db, clock):
    return requester("rita")


def of_guards(queries):
    """The statements among them that the guards made."""
    return [
        query["sql"]
        for query in queries
        if "drf_accessflow_mfa_accessflow" in query["sql"] and "guardedroute" not in query["sql"]
    ]


def test_access_opens_the_view_and_only_for_its_requester(serve, rita):
    export(approvals_required=0)
    url = serve(access_flow="export", permission_classes=ONE)
    answer = by_token(rita).get(url)
    assert (answer.status_code, answer.json()["code"], answer.json()["flow"]) == (
        403,
        "access_required",
        "export",
    )

    ask(rita)

    assert by_token(rita).get(url).status_code == 200
    assert by_token(enrolled("omar")).get(url).status_code == 403


def test_what_is_pending_opens_nothing(serve, rita):
    export()
    url = serve(access_flow="export", permission_classes=ONE)
    request = ask(rita)
    assert by_token(rita).get(url).status_code == 403

    decide(approver(), request)

    assert by_token(rita).get(url).status_code == 200


def test_access_ends_exactly_at_its_end_without_any_job(serve, rita, clock):
    export(approvals_required=0)
    url, client = serve(access_flow="export", permission_classes=ONE), by_token(rita)
    ask(rita, duration=HOUR)

    clock.shift(HOUR - timedelta(seconds=1))
    assert client.get(url).status_code == 200
    clock.shift(1)
    assert client.get(url).status_code == 403


def test_a_clock_that_went_back_opens_nothing(serve, rita, clock):
    export(approvals_required=0)
    url, client = serve(access_flow="export", permission_classes=ONE), by_token(rita)
    ask(rita)

    clock.shift(-1)

    assert client.get(url).status_code == 403


def test_revocation_bites_on_the_next_request(serve, rita):
    export(approvals_required=0)
    url, client = serve(access_flow="export", permission_classes=ONE), by_token(rita)
    request = ask(rita)
    assert client.get(url).status_code == 200

    revoke(approver(), request)

    assert client.get(url).status_code == 403


def test_an_inactive_and_an_unknown_flow_and_none_at_all_are_refused(serve, rita):
    export(approvals_required=0)
    ask(rita)
    AccessFlow.objects.update(is_active=False)

    codes = [
        by_token(rita).get(serve(permission_classes=ONE, **named)).json()["code"]
        for named in ({"access_flow": "export"}, {"access_flow": "nothing"}, {"access_flow": "n\x00"}, {})
    ]

    assert codes == ["access_flow_inactive", *["access_flow_unknown"] * 3]


def test_several_flows_need_access_under_each(serve, rita):
    export(approvals_required=0)
    export("second", approvals_required=0)
    url = serve(access_flow=["export", "second"], permission_classes=ONE)
    ask(rita)
    assert by_token(rita).get(url).json()["flow"] == "second"

    ask(rita, "second")

    assert by_token(rita).get(url).status_code == 200


def test_a_flow_is_named_in_the_same_three_ways(serve, serve_objects, rita):
    export(approvals_required=0)
    ask(rita)
    client = by_token(rita)

    by_attribute = client.get(serve(access_flow="export", permission_classes=ONE))
    by_method = client.get(serve(get_access_flow=lambda self: "export", permission_classes=ONE))
    by_name = client.get(serve(permission_classes=[IsAuthenticated, HasActiveAccess.on("export")]))
    url = serve_objects(
        {1: thing("export"), 2: thing("other")}, access_flow=PER_OBJECT, permission_classes=ONE
    )

    assert [answer.status_code for answer in (by_attribute, by_method, by_name)] == [200, 200, 200]
    assert [client.get(f"{url}{pk}/").status_code for pk in (1, 2)] == [200, 403]


def test_it_cannot_be_inverted():
    with pytest.raises(TypeError):
        _ = ~HasActiveAccess


@pytest.mark.parametrize("permissions", [BOTH, [IsAuthenticated, HasActiveAccess, RequiresMFA]])
@pytest.mark.parametrize("expressed", [False, True])
def test_both_guards_together_make_one_statement(serve, rita, permissions, expressed):
    export(approvals_required=0, require_mfa=True)
    if expressed:
        permissions = [IsAuthenticated, permissions[1] & permissions[2]]
    url, client = serve(access_flow="export", permission_classes=permissions), by_session(rita)
    verified(client, rita)
    client.post("/api/mfa/requests/", {"flow": "export"}, format="json")
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)

    assert answer.status_code == 200
    assert len(of_guards(queries)) == 1


def test_mfa_alone_asks_nothing_about_access_requests(serve, rita):
    export(require_mfa=True)
    url, client = serve(access_flow="export"), by_session(rita)
    verified(client, rita)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200

    (statement,) = of_guards(queries)
    assert "accessrequest" not in statement


@pytest.mark.parametrize("permissions", [BOTH, [IsAuthenticated, HasActiveAccess, RequiresMFA]])
def test_a_challenge_comes_only_where_access_is_not_what_is_missing(serve, rita, permissions):
    export(approvals_required=0, require_mfa=True, mfa_max_age=timedelta(minutes=5))
    url, client = serve(access_flow="export", permission_classes=permissions), by_token(rita)
    assert client.get(url).json()["code"] == "access_required"
    verified(client, rita)
    assert client.get(url).json()["code"] == "access_required"
    client.post("/api/mfa/requests/", {"flow": "export"}, format="json")
    assert client.get(url).status_code == 200

    import time_machine

    from tests.people import NOON

    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        answer = client.get(url)

    assert (answer.status_code, answer.json()["code"]) == (401, "mfa_required")


def test_a_step_up_is_offered_where_it_alone_would_open_the_view(serve, rita):
    export(require_mfa=True)
    either = [IsAuthenticated, HasActiveAccess | RequiresMFA]

    answer = by_token(rita).get(serve(access_flow="export", permission_classes=either))

    assert (answer.status_code, answer.json()["code"]) == (401, "mfa_required")


def test_a_guard_that_is_asked_twice_reads_twice(serve, rita):
    export(approvals_required=0)
    request = ask(rita)

    def get(self, http_request):
        revoke(approver(), request)
        return Response({"still": HasActiveAccess().verdict(http_request, self) is True})

    url = serve(access_flow="export", permission_classes=ONE, get=get)

    assert by_token(rita).get(url).json() == {"still": False}


def test_a_refusal_is_in_the_audit_log(serve, rita):
    export()

    by_token(rita).get(serve(access_flow="export", permission_classes=ONE))

    event = AuditEvent.objects.get(outcome="denied")
    assert (event.reason, event.flow, event.actor) == ("access_required", "export", rita.user)

"""Each act on an access request, a route or a secret happens at the moment that its caller gives."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.errors import FlowNotFound, StepUpRequired
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessRequest, AuditEvent, AuthenticatorApp
from drf_accessflow_mfa.services import flows, requests, rotate, routes, verify
from tests.asking import HOUR, approver, ask, decide, export, extend, requester
from tests.granting import Recorder
from tests.people import NOON, ORIGIN, enrolled, flow

pytestmark = pytest.mark.django_db
COMMAND = flows.Editor(caller=None, origin=ORIGIN)
SECOND = timedelta(seconds=1)


def logged():
    """The seconds after noon at which events happened, by kind: the last of each."""
    events = AuditEvent.objects.order_by("id").values_list("kind", "occurred_at")
    return {kind.removeprefix("request."): (at - NOON).total_seconds() for kind, at in events}


@pytest.fixture
def rita():
    return requester()


@pytest.fixture
def omar():
    return approver()


def test_a_request_from_its_opening_to_its_revocation(rita, omar):
    export(max_extensions=1)
    request = ask(rita, now=NOON)
    decide(omar, request, now=NOON + SECOND)
    extend(rita, request, now=NOON + 2 * SECOND)
    for at, standing in ((NOON + 2 * SECOND, 1), (NOON + 9 * HOUR, 0)):
        found = requests.list_requests(rita.user, filters={"status": "active"}, now=at)
        assert found.count() == standing
    requests.revoke_request(omar.caller(), request.pk, origin=ORIGIN, now=NOON + 3 * SECOND)

    row = AccessRequest.objects.get()
    assert (row.created_at, row.starts_at, row.closed_at) == (NOON, NOON + SECOND, NOON + 3 * SECOND)
    assert logged() == {"created": 0, "approved": 1, "extended": 2, "revoked": 3}


def test_a_request_that_is_taken_back(rita):
    export()
    request = ask(rita, now=NOON)

    requests.cancel_request(rita.caller(), request.pk, origin=ORIGIN, now=NOON + SECOND)

    assert logged() == {"created": 0, "canceled": 1}


def test_requests_of_somebody_who_goes(rita):
    export()
    ask(rita, now=NOON)

    requests.cancel_requests_of(rita.user, reason="gone", origin=Origin(), now=NOON + SECOND)

    assert logged() == {"created": 0, "canceled": 1}


def test_requests_that_nobody_decided_in_time(rita):
    export(approval_timeout=HOUR)
    ask(rita, now=NOON)

    assert requests.close_requests(origin=Origin(), now=NOON + HOUR - SECOND) == 0
    assert requests.close_requests(origin=Origin(), now=NOON + HOUR) == 1
    assert logged()["expired"] == 3600


@pytest.mark.django_db(transaction=True)
def test_what_a_grant_handler_does(clock, settings):
    handler = Recorder()
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {"export": handler, "import": handler}
    export(approvals_required=0, grant_required=True)
    export("import", approvals_required=0, grant_required=True)
    rita = requester()
    handler.fail_once()
    first = ask(rita)
    handler.fail_once()
    second = ask(rita, "import")
    failed = AuditEvent.objects.filter(kind="request.granted", outcome="failure")
    assert failed.count() == 2

    assert requests.settle_grant(first.pk, now=NOON + SECOND) is True
    assert list(requests.retry_grants(origin=ORIGIN, now=NOON + 2 * SECOND)) == [(second.pk, True)]

    granted = AuditEvent.objects.filter(kind="request.granted", outcome="success").order_by("id")
    assert [event.occurred_at for event in granted] == [NOON + SECOND, NOON + 2 * SECOND]
    starts = AccessRequest.objects.order_by("starts_at").values_list("starts_at", "grant_claimed_until")
    assert list(starts) == [(NOON + SECOND, None), (NOON + 2 * SECOND, None)]


def test_a_route_that_is_bound_and_unbound():
    flows.create_flow({"slug": "refunds", "name": "Refunds"}, editor=COMMAND, now=NOON)

    routes.bind_route("refunds", "session", editor=COMMAND, now=NOON + SECOND)
    assert logged()["flow.changed"] == 1
    routes.unbind_route("refunds", "session", editor=COMMAND, now=NOON + 2 * SECOND)

    assert logged()["flow.changed"] == 2


def test_a_binding_is_loosened_by_somebody_fresh_alone():
    rita = enrolled()
    flow("refunds")
    for slug in ("refunds", flow("exports").slug):
        for name in ("session", "token"):
            routes.bind_route(slug, name, method="post", editor=COMMAND, now=NOON)
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)
    editor = flows.Editor(caller=rita.caller(), origin=ORIGIN)

    with pytest.raises(StepUpRequired):
        routes.unbind_route("refunds", "session", method="POST", editor=editor, now=NOON + 9 * HOUR)
    routes.unbind_route("refunds", "session", method="post", editor=editor, now=NOON + SECOND)

    [event] = AuditEvent.objects.filter(actor=rita.user, kind="flow.changed")
    before, after = event.changes["routes"]
    assert (len(before), len(after)) == (2, 1)
    left = flows.AccessFlow.objects.filter(routes__isnull=False).values_list("slug", "routes__route")
    assert sorted(left) == [("exports", "session"), ("exports", "token"), ("refunds", "token")]


def test_a_rotation_of_keys(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["o" * 32]
    rita, omar = enrolled(), enrolled("omar")
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["n" * 32, "o" * 32]

    list(rotate.rotate_secrets(now=NOON))

    assert logged() == {"keys.rotated": 0}
    for someone in (rita, omar):
        assert AuthenticatorApp.objects.get(pk=someone.app.pk).totp().secret == someone.totp.secret


def test_a_binding_of_one_method_goes_alone_and_an_unknown_flow_is_told():
    flow("refunds")
    for method in ("get", "post"):
        routes.bind_route("refunds", "session", method=method, editor=COMMAND, now=NOON)

    routes.unbind_route("refunds", "session", method="post", editor=COMMAND, now=NOON)

    assert list(flows.AccessFlow.objects.values_list("routes__method", flat=True)) == ["GET"]
    with pytest.raises(FlowNotFound):
        routes.unbind_route("nothing", "session", editor=COMMAND, now=NOON)

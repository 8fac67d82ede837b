"""Flows bound to routes, for views that nobody can edit."""

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from drf_accessflow_mfa.domain.errors import FlowInUse, RoutesUnguarded
from drf_accessflow_mfa.models import AccessFlow, AuditEvent
from drf_accessflow_mfa.services.flows import delete_flow
from drf_accessflow_mfa.services.routes import bind_route, unbind_route
from tests.guards.conftest import EDITOR

pytestmark = pytest.mark.django_db(transaction=True)
FLOW = "production-database"


@pytest.mark.parametrize("route", ["ledger", "ledger/"])
def test_a_bound_route_is_challenged_by_its_name_and_by_its_pattern(rita, route):
    bind_route(FLOW, route, editor=EDITOR)

    answer = rita.token.get("/ledger/")

    assert answer.status_code == 401
    assert answer.json()["flow"] == FLOW
    assert answer["WWW-Authenticate"].startswith('Token error="insufficient_user_authentication"')
    assert answer["Cache-Control"] == "no-store"


def test_a_bound_route_opens_after_a_verification_through_the_same_credential(rita):
    bind_route(FLOW, "ledger", editor=EDITOR)

    rita.verify(rita.token)

    assert rita.token.get("/ledger/").json() == {"ledger": "read"}
    assert rita.session.get("/ledger/").status_code == 401


def test_a_pattern_with_parameters_binds_all_its_urls(rita):
    bind_route(FLOW, "ledger/<int:year>/", editor=EDITOR)

    assert rita.token.get("/ledger/2026/").status_code == 401
    assert rita.token.get("/ledger/").status_code == 200


def test_a_route_that_is_not_bound_stays_as_it_was(rita):
    bind_route(FLOW, "entries", editor=EDITOR)

    assert rita.token.get("/ledger/").status_code == 200


@pytest.mark.parametrize(
    ("bound", "sent", "status"),
    [
        ("POST", "post", 401),
        ("POST", "get", 200),
        ("GET", "head", 401),
        ("HEAD", "head", 401),
        ("", "options", 401),
        ("", "get", 401),
    ],
)
def test_a_binding_holds_for_its_method(rita, bound, sent, status):
    bind_route(FLOW, "ledger", method=bound, editor=EDITOR)

    assert getattr(rita.token, sent)("/ledger/").status_code == status


def test_a_viewset_is_guarded_by_method(rita):
    bind_route(FLOW, "entries", method="POST", editor=EDITOR)

    assert rita.token.get("/entries/").status_code == 200
    assert rita.token.post("/entries/").status_code == 401
    rita.verify(rita.token)
    assert rita.token.post("/entries/").status_code == 201


@pytest.mark.parametrize("route", ["open-ledger", "lazy-ledger"])
def test_a_stranger_does_not_pass_a_bound_route_that_lets_anybody_in(rita, route):
    bind_route(FLOW, route, editor=EDITOR)

    answer = APIClient().get(f"/{route}/")

    assert answer.status_code in {401, 403}
    assert answer.json()["detail"] == "Authentication credentials were not provided."


@pytest.mark.parametrize("route", ["ledger", "open-ledger", "lazy-ledger"])
def test_a_wrong_credential_does_not_pass_a_bound_route(rita, route):
    bind_route(FLOW, route, editor=EDITOR)
    forger = APIClient()
    forger.credentials(HTTP_AUTHORIZATION="Token forged")

    answer = forger.get(f"/{route}/")

    assert answer.status_code in {401, 403}
    assert "Invalid token" in answer.json()["detail"]


def test_whoever_may_not_do_it_anyway_is_told_that_and_sees_no_challenge(rita):
    bind_route(FLOW, "staff-ledger", editor=EDITOR)

    answer = rita.token.get("/staff-ledger/")

    assert answer.status_code == 403
    assert "mfa" not in answer.content.decode()


def test_a_plain_django_view_is_guarded_by_the_session(rita):
    bind_route(FLOW, "plain", editor=EDITOR)

    assert rita.session.get("/plain/", headers={"accept": "application/json"}).status_code == 401
    rita.verify(rita.session)
    assert rita.session.get("/plain/").content == b"plain"


def test_a_stranger_at_a_plain_bound_view_is_sent_to_log_in(rita):
    bind_route(FLOW, "plain", editor=EDITOR)

    answer = APIClient().get("/plain/?page=2")

    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/plain/%3Fpage%3D2")


def test_of_several_flows_the_strictest_wins_and_is_named(rita):
    AccessFlow.objects.create(slug="strict", name="Strict", require_mfa=True, acr="phr")
    bind_route(FLOW, "ledger", editor=EDITOR)
    bind_route("strict", "ledger", method="GET", editor=EDITOR)

    rita.verify(rita.token)

    assert rita.token.get("/ledger/").json()["flow"] == "strict"
    assert rita.token.post("/ledger/").status_code == 200


def test_a_flow_without_mfa_binds_without_asking(rita):
    bind_route("staging-logs", "ledger", editor=EDITOR)

    assert rita.token.get("/ledger/").status_code == 200


def test_an_inactive_flow_closes_what_is_bound_to_it(rita):
    bind_route("staging-logs", "ledger", editor=EDITOR)
    AccessFlow.objects.filter(slug="staging-logs").update(is_active=False)

    assert rita.token.get("/ledger/").json()["code"] == "access_flow_inactive"


def test_unbinding_holds_from_the_next_request_on(rita):
    bind_route(FLOW, "ledger", editor=EDITOR)
    assert rita.token.get("/ledger/").status_code == 401

    unbind_route(FLOW, "ledger", editor=EDITOR)

    assert rita.token.get("/ledger/").status_code == 200


def test_binding_and_unbinding_stand_in_the_log_with_old_and_new(rita):
    bind_route(FLOW, "ledger", method="post", editor=EDITOR)
    unbind_route(FLOW, "ledger", method="post", editor=EDITOR)

    changes = AuditEvent.objects.filter(kind="flow.changed").order_by("id").values_list("changes", flat=True)
    assert list(changes) == [{"routes": [[], ["POST ledger"]]}, {"routes": [["POST ledger"], []]}]


def test_a_refusal_stands_in_the_log_once(rita):
    bind_route(FLOW, "ledger", editor=EDITOR)

    rita.token.get("/ledger/")

    event = AuditEvent.objects.get(kind="mfa.challenged")
    assert (event.flow, event.actor_name, event.credential) == (FLOW, "rita", "token")


def test_a_flow_that_guards_routes_cannot_be_deleted(rita):
    bind_route(FLOW, "ledger", editor=EDITOR)

    with pytest.raises(FlowInUse):
        delete_flow(FLOW, editor=EDITOR)


def test_binding_is_refused_where_nothing_would_look_at_it(flows, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "GuardedRoutes" not in name]

    with pytest.raises(RoutesUnguarded):
        bind_route(FLOW, "ledger", editor=EDITOR)


def test_the_routes_of_this_package_cannot_lock_anybody_out(rita):
    bind_route(FLOW, "drf_accessflow_mfa:verifications", editor=EDITOR)

    rita.verify(rita.token)


def test_administrators_bind_and_unbind_routes_in_the_admin(rita, settings):
    settings.ROOT_URLCONF = "example_project.urls"
    get_user_model().objects.filter(pk=rita.user.pk).update(is_staff=True, is_superuser=True)
    flow = AccessFlow.objects.get(slug=FLOW)

    added = rita.session.post(
        "/admin/drf_accessflow_mfa/guardedroute/add/", {"flow": flow.pk, "route": "ledger", "method": "POST"}
    )

    assert added.status_code == 302, added.content.decode()
    row = flow.routes.get()
    removal = f"/admin/drf_accessflow_mfa/guardedroute/{row.pk}/delete/"
    assert rita.session.post(removal, {"post": "yes"}).status_code == 403
    rita.verify(rita.session)
    assert rita.session.post(removal, {"post": "yes"}).status_code == 302
    assert not flow.routes.exists()

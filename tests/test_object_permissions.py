"""Objects that name their own flow."""

import pytest
from rest_framework.permissions import BasePermission, IsAuthenticated

from drf_accessflow_mfa.permissions import PER_OBJECT, RequiresMFA
from tests.guarding import thing
from tests.people import by_token, flow, person, stranger, verified

pytestmark = pytest.mark.django_db


def assert_challenged(answer, flow="refunds"):
    assert answer.status_code == 401, answer.content
    assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["flow"] == flow


def assert_denied(answer, code):
    assert answer.status_code == 403, answer.content
    assert answer.json()["code"] == code
    assert answer.headers["Cache-Control"] == "no-store"
    assert "WWW-Authenticate" not in answer.headers


class TestObjects:
    def test_an_object_names_its_own_flow(self, serve_objects, rita, refunds):
        flow("payouts", require_mfa=False)
        url = serve_objects({1: thing("refunds"), 2: thing("payouts")}, access_flow=PER_OBJECT)

        assert_challenged(by_token(rita).get(f"{url}1/"))
        assert by_token(rita).get(f"{url}2/").status_code == 200

    def test_an_object_is_asked_for_beside_the_view(self, serve_objects, rita, refunds):
        flow("open", require_mfa=False)
        url = serve_objects({1: thing("refunds"), 2: thing(None)}, access_flow="open")

        assert_challenged(by_token(rita).get(f"{url}1/"))
        assert by_token(rita).get(f"{url}2/").status_code == 200

    @pytest.mark.parametrize("name", [None, "", "nothing", 7, "a\r\nb"])
    def test_an_object_without_a_known_flow_is_refused(self, serve_objects, rita, refunds, name):
        url = serve_objects({1: thing(name)}, access_flow=PER_OBJECT)

        assert_denied(by_token(rita).get(f"{url}1/"), "access_flow_unknown")

    def test_a_list_of_objects_is_refused_where_each_names_its_own(self, serve_objects, rita, refunds):
        url, client = serve_objects({1: thing("refunds")}, access_flow=PER_OBJECT), by_token(rita)
        verified(client, rita)

        assert_denied(client.get(url), "access_flow_unknown")

    def test_a_stranger_sees_no_challenge_for_an_object(self, serve_objects, refunds):
        url = serve_objects({1: thing("refunds")}, access_flow=PER_OBJECT, permission_classes=[RequiresMFA])

        assert "flow" not in stranger().get(f"{url}1/").json()

    def test_whoever_may_not_see_the_object_sees_no_challenge(self, serve_objects, rita, refunds):
        class OwnOnly(BasePermission):
            def has_object_permission(self, request, view, obj):
                return obj.owner == request.user.pk

        owner = person("owner")
        url = serve_objects(
            {1: thing("refunds", owner=owner.user.pk)},
            access_flow=PER_OBJECT,
            permission_classes=[IsAuthenticated, RequiresMFA, OwnOnly],
        )

        assert by_token(rita).get(f"{url}1/").status_code == 403
        assert by_token(owner).get(f"{url}1/").json()["code"] == "mfa_enrollment_required"

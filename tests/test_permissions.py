"""The guard for other people's views: how a flow is named, and what is refused."""

import pytest
from django.http import HttpResponse
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny, BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.response import Response

from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.permissions import PER_OBJECT, RequiresMFA
from tests.guarding import Guarded
from tests.people import BY, by_session, by_token, flow, stranger, verified

pytestmark = pytest.mark.django_db
CHALLENGE = (
    '{} error="insufficient_user_authentication", error_description="A fresh second factor is required", '
    'acr_values="https://refeds.org/profile/mfa", max_age="3600"'
)


class Never(BasePermission):
    """Somebody else's rule that says no."""

    message = "Not on Mondays."

    def has_permission(self, request, view):
        return False


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


@pytest.mark.parametrize(("kind", "scheme"), [("session", "Session"), ("token", "Token"), ("basic", "Basic")])
def test_the_challenge_is_the_one_of_the_contract_for_every_credential(serve, rita, refunds, kind, scheme):
    url = serve(access_flow="refunds")

    answer = BY[kind](rita).get(url)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == CHALLENGE.format(scheme)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "detail": "This needs a fresh second factor.",
        "code": "mfa_required",
        "flow": "refunds",
        "max_age": 3600,
        "acr_values": ["https://refeds.org/profile/mfa"],
        "methods": ["otp"],
        "enrolled": True,
        "verify_url": "/api/mfa/verifications/",
        "enroll_url": "/api/mfa/devices/",
    }


@pytest.mark.parametrize("kind", BY)
def test_a_verification_opens_every_request_of_its_hour(serve, clock, rita, refunds, kind):
    url, client = serve(access_flow="refunds"), BY[kind](rita)
    verified(client, rita)

    for seconds in (0, 1800, 1800):
        clock.shift(seconds)
        assert client.get(url).status_code == 200
        assert client.post(url).status_code == 201
    clock.shift(1)
    assert_challenged(client.get(url))


def test_not_enrolled_is_never_allowed(serve, nina, refunds):
    answer = by_token(nina).get(serve(access_flow="refunds"))

    assert answer.status_code == 401
    assert (answer.json()["code"], answer.json()["enrolled"]) == ("mfa_enrollment_required", False)


def test_nobody_is_exempt_not_even_a_superuser(serve, ada, refunds):
    assert_challenged(by_session(ada).get(serve(access_flow="refunds")))


def test_a_flow_may_come_from_a_method_of_the_view(serve, rita, refunds):
    flow("payouts")
    url = serve(get_access_flow=lambda view: "payouts" if view.request.method == "POST" else "refunds")

    assert_challenged(by_token(rita).get(url), "refunds")
    assert_challenged(by_token(rita).post(url), "payouts")


def test_a_flow_may_be_named_for_a_function_view(serve, rita, refunds):
    @api_view(["GET"])
    @permission_classes([IsAuthenticated, RequiresMFA.on("refunds")])
    def view(request):
        return Response({"opened": True})

    url, client = serve(view.cls), by_token(rita)

    assert_challenged(client.get(url))
    verified(client, rita)
    assert client.get(url).status_code == 200


def test_a_flow_may_be_named_by_its_row(serve, rita, refunds):
    assert_challenged(by_token(rita).get(serve(access_flow=refunds)))


def test_naming_no_flow_for_a_function_view_fails_at_once():
    with pytest.raises(Exception, match="None"):
        RequiresMFA.on()


MALFORMED = {
    "none": None,
    "empty": "",
    "empty list": [],
    "list with none": ["refunds", None],
    "list with empty": ["refunds", ""],
    "number": 7,
    "bytes": b"refunds",
    "true": True,
    "NUL": "refunds\x00",
    "CR LF": "refunds\r\nSet-Cookie: a=b",
    "line feed": "refunds\n",
    "quotes": 'refunds", max_age="9',
    "10 kB": "r" * 10_000,
    "non-ASCII": "r\u00e9funds",
    "full-width": "\uff52efunds",
    "space": " refunds",
    "surrogate": "\ud800",
    "path": "../refunds",
    "unsaved row": AccessFlow(),
    "object": object(),
    "view method": PER_OBJECT,
}


@pytest.mark.parametrize("name", list(MALFORMED.values()), ids=list(MALFORMED))
def test_a_malformed_name_is_an_unknown_flow_and_is_refused(serve, rita, refunds, name):
    client = by_token(rita)
    verified(client, rita)

    answer = client.get(serve(access_flow=name))

    assert_denied(answer, "access_flow_unknown")
    assert answer.json()["flow"] is None


def test_a_view_that_names_no_flow_is_refused(serve, rita):
    assert_denied(by_token(rita).get(serve()), "access_flow_unknown")


@pytest.mark.parametrize("name", ["nothing", "Refunds", "refund"])
def test_an_unknown_flow_is_refused(serve, rita, refunds, name):
    assert_denied(by_token(rita).get(serve(access_flow=name)), "access_flow_unknown")


@pytest.mark.parametrize("path", ["%00", "a%0d%0ab", "%22", "é", "%ef%bd%92efunds", "r" * 10_000])
def test_no_name_in_a_url_makes_an_error_500(rita, refunds, path):
    answer = by_token(rita).get(f"/api/vault/{path}/")

    assert answer.status_code in (403, 404)


def test_an_inactive_flow_is_refused_even_when_it_asks_for_nothing(serve, rita):
    flow("refunds", is_active=False, require_mfa=False)

    answer = by_token(rita).get(serve(access_flow="refunds"))

    assert_denied(answer, "access_flow_inactive")
    assert answer.json()["flow"] == "refunds"


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "patch", "delete", "trace"])
def test_no_method_is_exempt(serve, rita, refunds, method):
    answer = getattr(by_token(rita), method)(serve(access_flow="refunds"))

    assert answer.status_code == 401


def test_options_shows_nothing_before_and_the_view_after(serve, rita, refunds):
    url, client = serve(access_flow="refunds"), by_token(rita)
    assert "actions" not in client.options(url).json()

    verified(client, rita)

    assert client.options(url).status_code == 200


def test_a_stranger_sees_no_challenge(serve, refunds):
    for permissions in ([IsAuthenticated, RequiresMFA], [RequiresMFA, IsAuthenticated], [RequiresMFA]):
        answer = stranger().get(serve(access_flow="refunds", permission_classes=permissions))

        assert answer.status_code in (401, 403)
        assert answer.json() == {"detail": "Authentication credentials were not provided."}
        assert "insufficient" not in answer.headers.get("WWW-Authenticate", "")


@pytest.mark.parametrize(
    "permissions",
    [
        [RequiresMFA, Never],
        [Never, RequiresMFA],
        [RequiresMFA & Never],
        [Never & RequiresMFA],
        [RequiresMFA, IsAuthenticated & Never],
        [RequiresMFA | Never, Never],
        [AllowAny, RequiresMFA, Never],
    ],
)
def test_a_user_whom_another_permission_refuses_sees_no_challenge(serve, rita, refunds, permissions):
    answer = by_token(rita).get(serve(access_flow="refunds", permission_classes=permissions))

    assert answer.status_code == 403
    assert answer.json()["detail"] in (
        "Not on Mondays.",
        "You do not have permission to perform this action.",
    )


def test_the_message_of_the_other_permission_is_kept(serve, rita, refunds):
    answer = by_token(rita).get(serve(access_flow="refunds", permission_classes=[RequiresMFA, Never]))

    assert answer.json() == {"detail": "Not on Mondays."}


def test_an_inactive_or_unknown_flow_is_not_told_to_whom_another_permission_refuses(serve, rita):
    answer = by_token(rita).get(serve(access_flow="nothing", permission_classes=[RequiresMFA, IsAdminUser]))

    assert "code" not in answer.json()


def test_a_host_that_answers_with_plain_django_keeps_its_headers(serve, rita):
    flow("open", require_mfa=False)

    def get(view, request):
        return HttpResponse("plain", headers={"Cache-Control": "public"})

    answer = by_token(rita).get(serve(Guarded, access_flow="open", get=get))

    assert (answer.content, answer.headers["Cache-Control"]) == (b"plain", "public")

"""A verification belongs to one credential, one device and one password (rule 5)."""

import pytest
from django.contrib.auth.models import User
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.test import APIClient

from drf_accessflow_mfa.models import Verification
from tests.people import API, BY, by_session, by_token, flow, post_code, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(serve, refunds):
    return serve(access_flow="refunds")


@pytest.mark.parametrize("kind", BY)
def test_only_the_credential_that_verified_profits(url, rita, kind):
    clients = {name: make(rita) for name, make in BY.items()}
    other_session = by_session(rita)

    verified(clients[kind], rita)

    opened = {name for name, client in clients.items() if client.get(url).status_code == 200}
    assert opened == {kind}
    assert other_session.get(url).status_code == 401


def test_every_credential_profits_where_the_flow_says_so(serve, rita):
    flow("shared", mfa_scope="user")
    url = serve(access_flow="shared")
    verified(by_token(rita), rita)

    assert {make(rita).get(url).status_code for make in BY.values()} == {200}


def test_another_user_never_profits_whatever_the_scope(serve, rita, omar):
    flow("shared", mfa_scope="user")
    url = serve(access_flow="shared")
    verified(by_token(rita), rita)

    assert by_token(omar).get(url).status_code == 401


def test_logging_out_ends_it(url, rita):
    browser = by_session(rita)
    verified(browser, rita)
    cookies = browser.cookies.copy()

    browser.logout()

    browser.cookies = cookies
    assert browser.get(url).status_code == 403
    assert ("verification.revoked", "logged_out") in rita.events()
    assert Verification.objects.get().revoked_at is not None


def test_a_session_after_log_out_starts_unverified(url, rita):
    browser = by_session(rita)
    verified(browser, rita)
    browser.logout()

    browser.force_login(rita.user)

    assert browser.get(url).status_code == 401


def test_logging_in_again_to_the_same_session_ends_it(url, rita):
    browser = by_session(rita)
    verified(browser, rita)

    browser.force_login(rita.user)

    assert browser.get(url).status_code == 401
    assert ("verification.revoked", "logged_in_again") in rita.events()


def test_logging_in_as_somebody_else_in_the_same_session_carries_nothing_over(url, rita, omar):
    browser = by_session(rita)
    verified(browser, rita)

    browser.force_login(omar.user)
    assert browser.get(url).status_code == 401
    browser.force_login(rita.user)
    assert browser.get(url).status_code == 401


def test_the_session_key_changes_with_the_verification_and_the_old_one_is_worth_nothing(url, rita):
    browser, thief = by_session(rita), APIClient()
    before = browser.cookies["sessionid"].value

    verified(browser, rita)

    assert browser.cookies["sessionid"].value != before
    thief.cookies["sessionid"] = before
    assert thief.get(url).status_code == 403
    assert browser.get(url).status_code == 200


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("verified_by", ["session", "token"])
def test_one_persons_cookie_and_anothers_token_never_add_up(serve, rita, omar, refunds, order, verified_by):
    classes = [SessionAuthentication, TokenAuthentication][::order]
    attacker = by_session(rita)
    if verified_by == "session":
        verified(attacker, rita)
    else:
        verified(by_token(omar), omar)
    mixed = by_session(rita)
    mixed.cookies = attacker.cookies
    mixed.credentials(**by_token(omar)._credentials)
    who = rita if order == 1 else omar
    said = {}

    url = serve(
        access_flow="refunds",
        authentication_classes=classes,
        get=lambda view, request: (
            said.setdefault("user", request.user) and view.http_method_not_allowed(request)
        ),
    )
    answer = mixed.get(url)

    is_the_one_who_verified = (verified_by == "session") == (who is rita)
    assert (answer.status_code == 405) is is_the_one_who_verified
    assert said.get("user") in (None, who.user)


@pytest.mark.parametrize("kind", ["session", "token", "basic"])
def test_a_swapped_user_is_refused_whatever_either_of_them_verified(
    serve, rita, omar, refunds, settings, kind
):
    class Swapping:
        def initialize_request(self, request, *args, **kwargs):
            drf_request = super().initialize_request(request, *args, **kwargs)
            assert drf_request.user == rita.user
            drf_request._user = omar.user
            return drf_request

    from tests.guarding import Guarded

    url = serve(type("SwappingView", (Swapping, Guarded), {}), access_flow="refunds")
    client = BY[kind](rita)
    verified(client, rita)
    verified(BY[kind](omar), omar)

    answer = client.get(url)

    # Basic carries no user of its own: there the other binding is what refuses.
    assert (answer.status_code, answer.json().get("code")) in (
        [(401, "mfa_required"), (403, "credential_unsupported")]
        if kind == "basic"
        else [(403, "credential_unsupported")]
    )


def impersonation(get_response):
    def middleware(request):
        if request.headers.get("X-Impersonate"):
            request.user = User.objects.get(username=request.headers["X-Impersonate"])
        return get_response(request)

    return middleware


def test_a_user_swapped_by_middleware_is_refused_everywhere(url, rita, omar, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.services.test_binding.impersonation"]
    browser = by_session(rita)
    verified(browser, rita)
    browser.credentials(HTTP_X_IMPERSONATE="omar")

    answers = [
        browser.get(url),
        browser.get(API + "status/"),
        browser.post(API + "devices/", {"name": "mine"}, format="json"),
        post_code(browser, omar.code()),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["code"] for answer in answers} == {"credential_unsupported"}
    assert omar.events("mfa.verified") == []


def test_a_forced_authentication_is_no_credential(url, rita):
    client = APIClient()
    client.force_authenticate(rita.user)

    assert client.get(url).json()["code"] == "credential_unsupported"
    assert post_code(client, rita.code()).json()["code"] == "credential_unsupported"

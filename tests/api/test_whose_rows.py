"""Rows are for the user whom the credential names, and for nobody else that ``request.user`` may be."""

import pytest
from django.contrib.auth.models import User
from rest_framework.authentication import TokenAuthentication
from rest_framework.test import APIClient
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.tokens import AccessToken

from drf_accessflow_mfa.models import AccessRequest, AuditEvent, Verification
from tests.asking import approver, ask, export, requester
from tests.people import API, by_session, by_token, verified

pytestmark = pytest.mark.django_db
PERSONAL = [
    "status/",
    "devices/",
    "verifications/",
    "verifications/{verification}/",
    "recovery-codes/",
    "flows/export/requirement/",
    "requests/",
    "requests/?scope=all",
    "requests/?scope=to_decide",
    "requests/{request}/",
    "audit-events/",
    "resets/",
]
PAGES = ["/account/security/", "/account/security/log/"]


class ActsAsOmar(TokenAuthentication):
    """Impersonation by an authenticator, as hosts write it."""

    def authenticate(self, request):
        found = super().authenticate(request)
        return found and (User.objects.get(username="omar"), found[1])


@pytest.fixture
def people(db, clock):
    """Rita, who has rows of every kind, and Omar, who decides about her request."""
    rita, omar = requester("rita"), approver("omar")
    export()
    verified(by_token(rita), rita)
    verified(by_token(omar), omar)
    ask(rita)
    return rita, omar


@pytest.fixture
def authenticated_by(monkeypatch):
    """Let all views of the API have another authenticator."""
    return lambda authenticator: monkeypatch.setattr(APIView, "authentication_classes", [authenticator])


def url_of(path, user):
    made = {
        "verification": Verification.objects.get(user=user.user).pk,
        "request": AccessRequest.objects.get().pk,
    }
    return API + path.format(**made)


def assert_unsupported(answer):
    assert answer.status_code == 403, answer.content
    assert answer.json()["code"] == "credential_unsupported"


@pytest.mark.parametrize("path", PERSONAL)
def test_a_user_who_is_a_claim_of_another_server_reads_no_row_of_ours(people, authenticated_by, path):
    rita, _ = people
    url = url_of(path, rita)
    authenticated_by(JWTStatelessUserAuthentication)
    stateless = APIClient()
    stateless.credentials(HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(rita.user)}")

    assert_unsupported(stateless.get(url))


@pytest.mark.parametrize("path", PERSONAL)
def test_who_acts_as_somebody_else_reads_no_row_of_theirs(people, authenticated_by, path):
    rita, omar = people
    url = url_of(path, omar)
    client = by_token(rita)
    authenticated_by(ActsAsOmar)

    assert_unsupported(client.get(url))


def test_a_refused_claim_of_another_server_is_no_event_about_anybody(people, authenticated_by):
    rita, _ = people
    authenticated_by(JWTStatelessUserAuthentication)
    stateless = APIClient()
    stateless.credentials(HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(rita.user)}")

    stateless.get(API + "audit-events/")

    event = AuditEvent.objects.latest("id")
    assert (event.kind, event.reason, event.subject, event.actor) == (
        "mfa.challenged",
        "credential_unsupported",
        None,
        None,
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_nothing_of_somebody_whom_the_session_does_not_name(people, monkeypatch, path):
    rita, omar = people
    browser = by_session(rita)
    monkeypatch.setattr(
        "django.contrib.auth.middleware.get_user", lambda request: User.objects.get(pk=omar.user.pk)
    )

    answer = browser.get(path)

    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]

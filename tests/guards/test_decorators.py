"""The guard of plain Django views and of the admin site."""

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from drf_accessflow_mfa.models import AccessFlow, AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}


def test_a_decorated_view_opens_only_after_a_verification_of_the_session(rita):
    assert rita.session.get("/decorated/", headers=JSON).status_code == 401
    rita.verify(rita.session)
    assert rita.session.get("/decorated/").content == b"decorated"


def test_a_decorated_view_sends_a_stranger_to_log_in(rita):
    assert APIClient().get("/decorated/").status_code == 302


def test_a_token_is_no_session(rita):
    rita.verify(rita.token)

    assert rita.token.get("/decorated/").status_code == 302


def test_a_program_gets_the_challenge_as_json(rita):
    answer = rita.session.get("/decorated/", headers=JSON)

    assert answer["WWW-Authenticate"].startswith('Session error="insufficient_user_authentication"')
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["code"] == "mfa_required"


def test_an_inactive_flow_closes_a_decorated_view(rita):
    AccessFlow.objects.update(is_active=False)

    assert rita.session.get("/decorated/").json()["code"] == "access_flow_inactive"


def test_a_refusal_of_a_decorated_view_stands_in_the_log(rita):
    rita.session.get("/decorated/", headers=JSON)

    assert AuditEvent.objects.get(kind="mfa.challenged").credential == "session"


@pytest.fixture
def administrator(rita):
    get_user_model().objects.filter(pk=rita.user.pk).update(is_staff=True, is_superuser=True)
    return rita


def test_every_page_of_a_guarded_admin_site_asks_for_mfa(administrator):
    assert administrator.session.get("/guarded-admin/", headers=JSON).status_code == 401
    administrator.verify(administrator.session)
    assert administrator.session.get("/guarded-admin/").status_code == 200


def test_the_login_page_of_a_guarded_admin_site_is_open(rita):
    assert APIClient().get("/guarded-admin/login/").status_code == 200


def test_nobody_is_kept_from_logging_out_of_a_guarded_admin_site(administrator):
    assert administrator.session.post("/guarded-admin/logout/").status_code == 200


def test_somebody_who_is_no_administrator_sees_no_challenge(rita):
    answer = rita.session.get("/guarded-admin/", headers=JSON)

    assert answer.status_code == 302
    assert "login" in answer["Location"]

"""Two flows, a user with an authenticator app, and clients of theirs."""

from dataclasses import dataclass, field

import pyotp
import pytest
from django.contrib.auth import get_user_model
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessFlow, AuthenticatorApp, Verification
from drf_accessflow_mfa.services.flows import Editor

EDITOR = Editor(caller=None, origin=Origin())


@dataclass
class Person:
    user: object
    totp: pyotp.TOTP
    session: APIClient = field(default_factory=APIClient)
    token: APIClient = field(default_factory=APIClient)

    def forget_step(self):
        AuthenticatorApp.objects.filter(user=self.user).update(last_step=-1)

    def verify(self, client):
        self.forget_step()
        answer = client.post("/api/mfa/verifications/", {"code": self.totp.now()}, format="json")
        assert answer.status_code == 201, answer.content

    def forget(self):
        Verification.objects.filter(user=self.user).delete()


@pytest.fixture
def flows(transactional_db):
    AccessFlow.objects.create(slug="production-database", name="Production", require_mfa=True)
    AccessFlow.objects.create(slug="staging-logs", name="Staging")


@pytest.fixture
def rita(flows):
    user = get_user_model().objects.create_user("rita", password="accessflow-demo")
    person = Person(user=user, totp=None)
    person.session.force_login(user)
    person.token.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user).key}")
    begun = person.token.post("/api/mfa/devices/", {"name": "phone"}, format="json").json()
    person.totp = pyotp.parse_uri(begun["otpauth_uri"])
    confirmation = f"/api/mfa/devices/{begun['id']}/confirmation/"
    assert person.token.post(confirmation, {"code": person.totp.now()}, format="json").status_code == 200
    person.forget()
    return person


@pytest.fixture(autouse=True)
def guarded_urls(settings):
    settings.ROOT_URLCONF = "tests.guards.urls"
    settings.LOGIN_URL = "/log-in/"

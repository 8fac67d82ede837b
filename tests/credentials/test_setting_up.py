"""What the packages behind the credentials need of a project, and what it costs to lack them."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from oauth2_provider.models import get_application_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.settings import api_settings

from drf_accessflow_mfa import checks
from drf_accessflow_mfa.credentials.simplejwt_login import FamilyMixin
from tests.support.servers import ROOT

STOCK = "rest_framework_simplejwt.serializers"


class WithName(FamilyMixin, TokenObtainPairSerializer):
    """A log-in of a host's, with a claim of its own."""

    @classmethod
    def get_token(cls, user):
        token = super().get_token(user)
        token["name"] = user.get_username()
        return token


def ids():
    return [message.id for message in checks.check_credentials()]


def test_the_example_is_set_up_well():
    assert ids() == []


def test_a_log_in_without_the_family_is_warned_of(monkeypatch):
    monkeypatch.setattr(api_settings, "TOKEN_OBTAIN_SERIALIZER", f"{STOCK}.TokenObtainPairSerializer")

    (message,) = checks.check_credentials()

    assert message.id == "accessflow_mfa.W020"
    assert "simplejwt_login.TokenObtainPairSerializer" in message.hint


def test_a_serializer_of_ones_own_with_the_mixin_is_fine(monkeypatch):
    monkeypatch.setattr(api_settings, "TOKEN_OBTAIN_SERIALIZER", f"{__name__}.WithName")

    assert ids() == []


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [(None, []), ("https://idp.example/", []), ("https://idp.example", ["accessflow_mfa.W022"])],
)
def test_an_issuer_that_simplejwt_refuses_is_warned_of(monkeypatch, settings, accepted, expected):
    settings.ACCESSFLOW_MFA_TRUSTED_ISSUERS = {"https://idp.example/": {"acr": {"loa2": "phr"}}}
    monkeypatch.setattr(api_settings, "ISSUER", accepted)

    assert ids() == expected


@pytest.mark.parametrize(
    ("rotates", "blacklists", "expected"),
    [
        (True, True, ["accessflow_mfa.W021"]),
        (True, False, []),
        (False, True, []),
        (False, False, []),
    ],
)
def test_a_refresh_that_looks_like_a_log_out_is_warned_of(monkeypatch, rotates, blacklists, expected):
    monkeypatch.setattr(api_settings, "TOKEN_REFRESH_SERIALIZER", f"{STOCK}.TokenRefreshSerializer")
    monkeypatch.setattr(api_settings, "ROTATE_REFRESH_TOKENS", rotates)
    monkeypatch.setattr(api_settings, "BLACKLIST_AFTER_ROTATION", blacklists)

    assert ids() == expected


def test_a_validator_that_costs_a_statement_is_told_of(settings):
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "OAUTH2_VALIDATOR_CLASS": OAuth2Validator}

    assert ids() == ["accessflow_mfa.I001"]


@pytest.mark.parametrize("claim", ["", "  ", None, 7, ["afm_sid"], "jti", "exp", "user_id", "token_type"])
def test_a_claim_that_means_something_else_is_an_error(settings, claim):
    settings.ACCESSFLOW_MFA_JWT_FAMILY_CLAIM = claim

    assert [message.id for message in checks.check_settings()] == ["accessflow_mfa.E020"]


WITHOUT = """
import sys, django
from django.conf import settings
settings.configure(
    SECRET_KEY="x" * 50,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "rest_framework", "django_otp", "drf_accessflow_mfa"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=["drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"knox", "rest_framework_simplejwt", "oauth2_provider", "jwt", "oauthlib"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
django.setup()
from django.core.checks import run_checks
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from drf_accessflow_mfa.credentials import caller_of
from drf_accessflow_mfa.domain.errors import CredentialUnsupported
from drf_accessflow_mfa.conf import mfa_settings
class Own(BaseAuthentication):
    def authenticate(self, request):
        return object(), object()
assert len(mfa_settings.credential_resolvers) == 6
assert not [message for message in run_checks() if message.id.startswith("accessflow_mfa")]
try:
    caller_of(Request(APIRequestFactory().get("/"), authenticators=[Own()]))
except CredentialUnsupported:
    print("refused")
"""


def test_none_of_the_packages_has_to_be_installed():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, check=False, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.stderr) == ("refused", "")


@pytest.mark.django_db
def test_the_seed_brings_the_public_client_of_the_demonstration_once():
    call_command("seed_demo", verbosity=0)
    call_command("seed_demo", verbosity=0)

    client = get_application_model().objects.get()
    assert (client.client_id, client.client_type, client.authorization_grant_type) == (
        "demo-client",
        "public",
        "password",
    )

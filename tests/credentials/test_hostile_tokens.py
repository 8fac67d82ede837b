"""Tokens that claim more than they may, and credentials that nobody knows."""

import base64
import json
from datetime import timedelta

import jwt as pyjwt
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.models import AccessToken, Application, get_application_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from rest_framework.authentication import BaseAuthentication, RemoteUserAuthentication
from rest_framework.test import APIClient
from rest_framework_simplejwt.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken as JWTAccessToken
from rest_framework_simplejwt.tokens import UntypedToken

from drf_accessflow_mfa.api.verifications import VerificationsView
from drf_accessflow_mfa.credentials import Credential
from drf_accessflow_mfa.models import AccessFlow, Verification
from tests.credentials.kinds import KINDS
from tests.credentials.urls import GUARDED, PLAIN, Guarded
from tests.guarding import routes
from tests.people import post_code, verified

pytestmark = pytest.mark.django_db
KNOX, JWT, OAUTH2 = KINDS["knox"], KINDS["jwt"], KINDS["oauth2"]


@pytest.fixture
def behind(settings):
    """Put the guard behind an authenticator."""

    def put(*authenticators):
        view = type("View", (Guarded,), {"authentication_classes": authenticators})
        settings.ROOT_URLCONF = routes(view)

    return put


def assert_unsupported(answer):
    assert answer.status_code == 403, answer.content
    assert answer.json()["code"] == "credential_unsupported"


def bearer(token):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


class TestUnknownAuthenticators:
    class ApiKey(BaseAuthentication):
        """A home-made authenticator that brings along what our resolvers look for."""

        def authenticate(self, request):
            user = User.objects.get(username="rita")
            token = type(
                "Key",
                (),
                {
                    "user": user,
                    "user_id": user.pk,
                    "key": "k",
                    "digest": "d",
                    "payload": {"jti": "j", "user_id": user.pk},
                    "token_checksum": "c",
                },
            )()
            return user, token

    # What only bears a known name is not known.
    LookAlike = type("TokenAuthentication", (ApiKey,), {"__module__": "knox.auth"})

    @pytest.mark.parametrize("authenticator", [ApiKey, LookAlike])
    def test_a_home_made_authenticator_never_passes(self, behind, rita, authenticator, monkeypatch):
        AccessFlow.objects.update(mfa_scope="user")
        verified(KINDS["session"].log_in(rita), rita)
        behind(authenticator)
        monkeypatch.setattr(VerificationsView, "authentication_classes", [authenticator])

        assert_unsupported(APIClient().get(GUARDED))
        assert_unsupported(post_code(APIClient(), rita.code(steps=1)))

    def test_a_user_of_the_web_server_never_passes(self, behind, rita, settings):
        settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
        behind(RemoteUserAuthentication)

        assert_unsupported(APIClient(REMOTE_USER="rita").get(GUARDED))

    def test_a_forced_user_of_a_test_never_passes(self, rita):
        client = APIClient()
        client.force_authenticate(rita.user, token=type("Token", (), {"key": "k", "user_id": rita.user.pk})())

        assert_unsupported(client.get(GUARDED))

    def test_a_resolver_of_ones_own_makes_it_known(self, behind, rita, settings):
        settings.ACCESSFLOW_MFA_CREDENTIAL_RESOLVERS = ["tests.credentials.test_hostile_tokens.resolve_key"]
        behind(self.ApiKey)

        assert APIClient().get(GUARDED).json()["code"] == "mfa_required"


def resolve_key(request):
    key = request.auth
    return Credential(kind="key", scheme="Key", identity=key.key, user_key=key.user_id)


class TestJWT:
    def test_a_user_without_a_row_is_refused(self, behind, rita):
        behind(JWTStatelessUserAuthentication)
        token = JWTAccessToken.for_user(rita.user)
        token["password"] = rita.user.password

        assert_unsupported(bearer(token).get(GUARDED))

    @pytest.mark.parametrize("claim", [7, "", None, ["a"], {"a": "b"}, True])
    def test_a_family_of_another_shape_is_refused(self, rita, claim):
        token = JWTAccessToken.for_user(rita.user)
        token["afm_sid"] = claim

        assert_unsupported(bearer(token).get(GUARDED))

    def test_the_family_of_somebody_else_opens_nothing(self, rita, omar):
        client = JWT.log_in(rita)
        verified(client, rita)
        token = JWTAccessToken.for_user(omar.user)
        token["afm_sid"] = UntypedToken(client.issued["access"], verify=False)["afm_sid"]

        assert bearer(token).get(GUARDED).json()["code"] == "mfa_required"

    @pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384"])
    def test_claims_that_were_written_by_the_client_are_no_credential(self, rita, algorithm):
        client = JWT.log_in(rita)
        verified(client, rita)
        claims = UntypedToken(client.issued["access"], verify=False).payload
        key = django_settings.SECRET_KEY if algorithm == "HS384" else "another key, of 32 bytes or more"

        for changed in (claims, {**claims, "amr": ["mfa"], "acr": "https://refeds.org/profile/mfa"}):
            answer = bearer(forged(changed, algorithm, key)).get(GUARDED)
            assert answer.status_code in (401, 403)
            assert "code" not in answer.json() or answer.json()["code"] == "token_not_valid"

    def test_a_signed_claim_of_mfa_is_not_believed(self, rita):
        token = JWTAccessToken.for_user(rita.user)
        token.payload |= {"amr": ["otp", "mfa"], "acr": "https://refeds.org/profile/mfa", "mfa": True}
        token.payload["auth_time"] = int(timezone.now().timestamp())

        assert bearer(token).get(GUARDED).json()["code"] == "mfa_required"

    def test_a_refresh_token_is_no_access_token(self, rita):
        client = JWT.log_in(rita)
        verified(client, rita)

        answer = bearer(client.issued["refresh"]).get(GUARDED)

        assert answer.status_code in (401, 403)

    def test_the_user_may_be_named_by_another_field(self, rita, omar, monkeypatch):
        monkeypatch.setattr(api_settings, "USER_ID_FIELD", "username")
        monkeypatch.setattr(api_settings, "USER_ID_CLAIM", "sub")
        client = JWT.log_in(rita)
        verified(client, rita)
        assert client.get(GUARDED).status_code == 200

        JWT.log_out(client)

        assert client.get(GUARDED).json()["code"] == "mfa_required"

    def test_a_subclass_is_recognized(self, behind, rita):
        behind(type("FromCookie", (JWTAuthentication,), {}))

        assert bearer(JWTAccessToken.for_user(rita.user)).get(GUARDED).json()["code"] == "mfa_required"


def forged(claims, algorithm, key):
    if algorithm.lower() != "none":
        return pyjwt.encode(claims, key, algorithm=algorithm)
    parts = ({"alg": algorithm, "typ": "JWT"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        + "."
    )


class TestOAuth2:
    def application(self, grant="password", **fields):
        return get_application_model().objects.create(
            name="other", client_type="public", authorization_grant_type=grant, client_secret="", **fields
        )

    def token(self, application, user, value):
        expires = timezone.now() + timedelta(hours=1)
        return AccessToken.objects.create(user=user, application=application, token=value, expires=expires)

    def test_a_token_of_another_application_is_another_credential(self, rita):
        first, second = Application.objects.get(), self.application(client_id="second")
        self.token(first, rita.user, "first")
        self.token(second, rita.user, "second")
        client = bearer("first")
        verified(client, rita)

        assert client.get(GUARDED).status_code == 200
        assert bearer("second").get(GUARDED).json()["code"] == "mfa_required"

    def test_tokens_of_one_application_that_cannot_be_refreshed_are_apart(self, rita):
        application = Application.objects.get()
        self.token(application, rita.user, "first")
        self.token(application, rita.user, "second")
        verified(bearer("first"), rita)

        assert bearer("first").get(GUARDED).status_code == 200
        assert bearer("second").get(GUARDED).json()["code"] == "mfa_required"

    def test_a_grant_moved_to_another_application_must_verify_again(self, rita):
        client = OAUTH2.log_in(rita)
        verified(client, rita)

        AccessToken.objects.update(application=self.application(client_id="second"))

        assert client.get(GUARDED).json()["code"] == "mfa_required"

    def test_a_token_without_a_user_is_refused(self, rita, behind):
        service = get_application_model().objects.create(
            client_id="service",
            client_secret="a secret of a service",
            client_type="confidential",
            authorization_grant_type="client-credentials",
        )
        issued = OAUTH2.token(
            grant_type="client_credentials", client_id="service", client_secret="a secret of a service"
        )
        assert AccessToken.objects.get(application=service).user is None

        for name in ("get", "post", "options"):
            answer = getattr(bearer(issued["access_token"]), name)(GUARDED)
            assert answer.status_code in (401, 403)
            assert "insufficient" not in answer.headers.get("WWW-Authenticate", "")

    def test_a_token_without_a_user_cannot_speak_for_one(self, rita, behind):
        class ServiceAsRita(OAuth2Authentication):
            def authenticate(self, request):
                _, token = super().authenticate(request)
                return rita.user, token

        self.token(Application.objects.get(), None, "service")
        behind(ServiceAsRita)

        assert_unsupported(bearer("service").get(GUARDED))

    def test_a_token_in_the_query_or_the_body_authenticates_nobody(self, rita):
        client = OAUTH2.log_in(rita)
        fields = {"access_token": client.issued["access_token"]}

        assert APIClient().get(PLAIN, fields).status_code in (401, 403)
        assert APIClient().post(PLAIN, fields, format="json").status_code in (401, 403)

    def test_the_toolkits_own_validator_costs_one_statement_more(self, rita, settings):
        client = OAUTH2.log_in(rita)
        verified(client, rita)
        client.get(GUARDED)
        settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "OAUTH2_VALIDATOR_CLASS": OAuth2Validator}

        with CaptureQueriesContext(connection) as plain:
            assert client.get(PLAIN).status_code == 200
        with CaptureQueriesContext(connection) as guarded:
            assert client.get(GUARDED).status_code == 200

        assert len(guarded) == len(plain) + 2


@pytest.mark.parametrize(
    "value", ["nonsense", "a.b", "a.b.c", "a.b.c.d", "..", "\u00e9", "x" * 5000, "one two", "%00", "a%zz"]
)
def test_any_bearer_is_answered(rita, value):
    for path in (PLAIN, GUARDED, "/api/mfa/status/"):
        answer = bearer(value).get(path)
        assert answer.status_code in (401, 403), answer.content


def test_both_kinds_of_bearer_work_with_the_authenticators_as_they_come(behind, rita):
    bearers = [JWT.log_in(rita), OAUTH2.log_in(rita)]
    behind(OAuth2Authentication, JWTAuthentication)

    assert [client.get(GUARDED).json()["code"] for client in bearers] == ["mfa_required"] * 2


def test_strangers_have_their_bodies_left_alone(rita):
    answer = APIClient().post(PLAIN, data="{", content_type="application/json")

    assert answer.status_code in (401, 403)


def test_what_an_oauth2_client_sends_reaches_the_view(rita):
    client = OAUTH2.log_in(rita)

    assert client.post(PLAIN, {"a": 1}, format="json").status_code == 200
    assert client.post(PLAIN, data="{", content_type="application/json").status_code in (200, 400)
    assert verified(client, rita)
    assert Verification.objects.count() == 1

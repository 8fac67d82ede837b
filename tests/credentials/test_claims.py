"""A resource server behind an identity provider: the claims of its tokens count as a second factor."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.test import APIClient
from rest_framework_simplejwt.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from rest_framework_simplejwt.tokens import AccessToken

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.claims import TrustedIssuer, find_claimed
from drf_accessflow_mfa.models import AccessFlow, AuditEvent, Verification
from drf_accessflow_mfa.permissions import RequiresAssurance, RequiresMFA
from tests.credentials import urls
from tests.people import verified

pytestmark = pytest.mark.django_db
IDP, LOA2, LOA3 = "https://idp.example/", "urn:idp:loa:2", "urn:idp:loa:3"
TRUSTED = {
    IDP: {"acr": {LOA2: Acr.MFA, LOA3: Acr.PHISHING_RESISTANT}, "amr": {"mfa": Acr.MFA}},
}


class ByFlow(urls.Plain):
    authentication_classes = [JWTAuthentication]
    permission_classes = [IsAuthenticated, RequiresMFA]
    access_flow = "refunds"


class Always(ByFlow):
    permission_classes = [IsAuthenticated, RequiresAssurance]


class Strongly(ByFlow):
    permission_classes = [
        IsAuthenticated,
        RequiresAssurance.of(max_age=timedelta(minutes=5), acr=Acr.PHISHING_RESISTANT),
    ]


class Stateless(Always):
    authentication_classes = [JWTStatelessUserAuthentication]


class StatelessByFlow(ByFlow):
    authentication_classes = [JWTStatelessUserAuthentication]


class AnybodysRow(JWTAuthentication):
    """An authenticator of a host's, which does not look at is_active."""

    def get_user(self, validated_token):
        return User.objects.get(pk=validated_token["user_id"])


class Lax(Always):
    authentication_classes = [AnybodysRow]


class LaxOrNobody(Lax):
    permission_classes = [RequiresAssurance | IsAdminUser]


class Swapped(Always):
    permission_classes = [IsAuthenticated, urls.ActsAsOmar, RequiresAssurance]


VIEWS = (ByFlow, Always, Strongly, Stateless, StatelessByFlow, Lax, LaxOrNobody, Swapped)
urlpatterns = [
    *urls.urlpatterns,
    *(path(f"{view.__name__}/", view.as_view()) for view in VIEWS),
]


@pytest.fixture(autouse=True)
def trust(settings):
    settings.ROOT_URLCONF = __name__
    settings.ACCESSFLOW_MFA_TRUSTED_ISSUERS = TRUSTED
    # It costs a statement of its own.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "GuardedRoutes" not in name]


def client_of(person, **claims):
    """A client whose token the identity provider has signed, with these claims."""
    token = AccessToken.for_user(person.user)
    defaults = {"iss": IDP, "acr": LOA2, "auth_time": int(timezone.now().timestamp())}
    for name, value in {**defaults, **claims}.items():
        if value is not None:
            token[name] = value
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def seconds_ago(seconds):
    return int(timezone.now().timestamp()) - seconds


@pytest.mark.parametrize("view", ["ByFlow", "Always", "Stateless"])
def test_the_claims_of_a_trusted_issuer_pass(rita, view):
    assert client_of(rita).get(f"/{view}/").status_code == 200
    assert not Verification.objects.exists()


def test_a_requirement_in_the_code_costs_no_statement_where_the_claims_meet_it(
    rita, django_assert_num_queries
):
    client = client_of(rita)

    with django_assert_num_queries(0):
        assert client.get("/Stateless/").status_code == 200
    # The one statement is simplejwt's own: it loads the user.
    with django_assert_num_queries(1):
        assert client.get("/Always/").status_code == 200
    with django_assert_num_queries(2):
        assert client.get("/ByFlow/").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"auth_time": None},
        {"auth_time": "now"},
        {"acr": None},
        {"acr": "urn:idp:loa:1"},
        {"acr": None, "amr": ["pwd"]},
        {"iss": None},
        {"iss": "https://other.example/"},
    ],
)
@pytest.mark.parametrize("view", ["ByFlow", "Always"])
def test_what_the_claims_do_not_show_is_a_shortfall(rita, view, claims):
    answer = client_of(rita, **claims).get(f"/{view}/")

    assert (answer.status_code, answer.json()["code"]) == (401, "mfa_required")


@pytest.mark.parametrize("view", ["ByFlow", "Always", "Stateless"])
@pytest.mark.parametrize("age", [3602, -60], ids=["too old", "in the future"])
def test_auth_time_decides(rita, view, age):
    answer = client_of(rita, auth_time=seconds_ago(age)).get(f"/{view}/")

    assert answer.status_code == 401
    assert answer.json()["max_age"] == 3600


def test_a_flow_that_is_tightened_binds_the_next_request_with_claims_too(rita, refunds):
    client = client_of(rita, auth_time=seconds_ago(120))
    assert client.get("/ByFlow/").status_code == 200

    AccessFlow.objects.filter(pk=refunds.pk).update(mfa_max_age=timedelta(seconds=60))

    assert client.get("/ByFlow/").status_code == 401


def test_a_flow_that_is_gone_refuses_the_best_claims(rita, refunds):
    refunds.delete()

    assert client_of(rita, acr=LOA3).get("/ByFlow/").json()["code"] == "access_flow_unknown"


def test_the_challenge_names_what_to_ask_the_issuer_for(rita):
    answer = client_of(rita).get("/Strongly/")

    assert answer.status_code == 401
    assert answer.json()["acr_values"] == ["phr", LOA3]
    assert answer.json()["flow"] is None
    assert f'acr_values="phr {LOA3}", max_age="300"' in answer["WWW-Authenticate"]


def test_the_challenge_to_a_token_of_our_own_names_no_issuer(rita):
    answer = client_of(rita, iss=None).get("/Always/")

    assert answer.json()["acr_values"] == [Acr.MFA.value]


def test_a_stronger_class_passes_a_stronger_requirement(rita):
    assert client_of(rita, acr=LOA3).get("/Strongly/").status_code == 200


def test_a_user_without_a_row_is_challenged_when_the_claims_are_stale(rita):
    answer = client_of(rita, auth_time=seconds_ago(7200)).get("/Stateless/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Bearer error="insufficient_user_authentication"')
    assert answer.json()["acr_values"] == [Acr.MFA.value, LOA2, LOA3]


@pytest.mark.parametrize("claims", [{}, {"iss": None}], ids=["trusted", "not trusted"])
def test_a_user_without_a_row_cannot_pass_a_flow(rita, claims):
    answer = client_of(rita, **claims).get("/StatelessByFlow/")

    assert (answer.status_code, answer.json()["code"]) == (403, "credential_unsupported")


def test_claims_do_not_serve_a_user_who_was_swapped_in(rita, omar):
    answer = client_of(rita).get("/Swapped/")

    assert (answer.status_code, answer.json()["code"]) == (403, "credential_unsupported")


def test_claims_of_a_deactivated_user_do_not_pass(rita):
    client = client_of(rita)
    rita.user.is_active = False
    rita.user.save()

    assert client.get("/ByFlow/").status_code == 401


@pytest.mark.parametrize("age", [0, 7200], ids=["fresh", "stale"])
@pytest.mark.parametrize("view", ["Lax", "LaxOrNobody"])
def test_claims_of_a_deactivated_user_meet_no_requirement_in_the_code(rita, view, age):
    client = client_of(rita, auth_time=seconds_ago(age))
    rita.user.is_active = False
    rita.user.save()

    answer = client.get(f"/{view}/")

    assert (answer.status_code, answer.json()["code"]) == (403, "credential_unsupported")


def test_claims_change_no_factor(rita):
    answer = client_of(rita, acr=LOA3).post("/api/mfa/recovery-codes/")

    assert answer.json()["code"] == "mfa_required"


def test_whoever_has_no_claims_verifies_here(kind, rita):
    client = kind.log_in(rita)
    assert client.get("/always/").status_code == 404

    with override_settings(ROOT_URLCONF="tests.credentials.claims_urls"):
        assert client.get("/always/").status_code == 401
        verified(client, rita)
        assert client.get("/always/").status_code == 200
        rita.user.set_password("another")
        rita.user.save()
        assert client.get("/always/").status_code in {401, 403}


def test_the_requirement_endpoint_knows_the_claims(rita):
    found = client_of(rita).get("/api/mfa/flows/refunds/requirement/").json()

    assert (found["satisfied"], found["code"]) == (True, None)
    assert found["acr_values"] == [Acr.MFA.value, LOA2, LOA3]
    assert found["verified_at"] is not None


def test_a_denial_of_a_user_without_a_row_is_audited_without_one(rita):
    client_of(rita, auth_time=None).get("/Stateless/")

    event = AuditEvent.objects.get(kind="mfa.challenged")
    assert (event.reason, event.flow) == ("mfa_required", "")
    assert (event.actor_id, event.subject_id) == (None, None)


def test_methods_that_are_no_words_count_for_nothing():
    issuer = TrustedIssuer(acr={}, amr={"mfa": Acr.MFA})
    claims = {"iss": IDP, "amr": [["mfa"], {}, 7, None], "auth_time": 1_780_000_000}

    assert find_claimed(claims, {IDP: issuer}).assurance is None
    claims["amr"].append("mfa")
    assert find_claimed(claims, {IDP: issuer}).assurance.acr is Acr.MFA

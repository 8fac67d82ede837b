"""A credential that is renewed stays the one that verified."""

from datetime import timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken
from oauth2_provider.models import AccessToken, RefreshToken
from rest_framework_simplejwt.serializers import TokenRefreshSerializer
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken as JWTRefreshToken
from rest_framework_simplejwt.tokens import SlidingToken, UntypedToken

from drf_accessflow_mfa.credentials.simplejwt_login import with_family
from drf_accessflow_mfa.models import Verification
from tests.credentials.kinds import KINDS
from tests.credentials.urls import GUARDED
from tests.people import verified

pytestmark = pytest.mark.django_db(transaction=True)
KNOX, JWT, OAUTH2 = KINDS["knox"], KINDS["jwt"], KINDS["oauth2"]


@pytest.fixture
def jwt(monkeypatch):
    """Change settings of simplejwt, which reads most of them from one object."""

    def change(**values):
        for name, value in values.items():
            monkeypatch.setattr(api_settings, name, value)

    return change


@pytest.fixture
def toolkit(settings):
    """Change settings of the OAuth2 toolkit."""

    def change(**values):
        settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, **values}

    return change


@pytest.mark.parametrize(
    ("rotates", "blacklists"), [(True, True), (True, False), (False, False)], ids=["spent", "rotated", "kept"]
)
def test_a_refreshed_jwt_keeps_its_verification(rita, jwt, clock, rotates, blacklists):
    jwt(ROTATE_REFRESH_TOKENS=rotates, BLACKLIST_AFTER_ROTATION=blacklists)
    client = JWT.log_in(rita)
    verified(client, rita)

    for _ in range(3):
        before = client.issued
        clock.shift(400)
        JWT.refresh(client)
        assert client.issued["access"] != before["access"]
        assert client.get(GUARDED).status_code == 200

    assert BlacklistedToken.objects.count() == (3 if blacklists else 0)
    assert Verification.objects.get().revoked_at is None


def test_the_log_out_of_a_refreshed_jwt_ends_what_the_first_one_verified(rita):
    client = JWT.log_in(rita)
    verified(client, rita)
    JWT.refresh(client)

    JWT.log_out(client)

    assert client.get(GUARDED).json()["code"] == "mfa_required"


def test_a_failed_refresh_leaves_no_rotation_behind(rita):
    client = JWT.log_in(rita)
    verified(client, rita)
    client.post("/api/auth/jwt/refresh/", {"refresh": "nonsense"}, format="json")

    JWT.log_out(client)

    assert client.get(GUARDED).json()["code"] == "mfa_required"


def test_the_stock_refresh_serializer_ends_it_when_it_blacklists(rita):
    client = JWT.log_in(rita)
    verified(client, rita)

    _refresh_with_stock(client)

    assert client.get(GUARDED).json()["code"] == "mfa_required"


class TestWithoutTheClaim:
    def test_a_verification_stays_with_its_access_token(self, rita):
        client = _with_stock_tokens(rita)
        verified(client, rita)
        assert client.get(GUARDED).status_code == 200
        assert "afm_sid" not in _claims(client.issued["access"])

        _refresh_with_stock(client)

        assert client.get(GUARDED).json()["code"] == "mfa_required"

    def test_our_refresh_starts_a_family(self, rita, clock):
        client = _with_stock_tokens(rita)
        JWT.refresh(client)
        verified(client, rita)

        JWT.refresh(client)
        assert client.get(GUARDED).status_code == 200
        JWT.log_out(client)
        assert client.get(GUARDED).json()["code"] == "mfa_required"

    def test_the_blacklist_knows_the_family_of_a_log_in_view_of_ones_own(self, rita):
        refresh = with_family(JWTRefreshToken.for_user(rita.user))
        assert "afm_sid" not in _claims(OutstandingToken.objects.get().token)
        client = JWT.log_in(rita)
        JWT.keep(client, {"refresh": str(refresh), "access": str(refresh.access_token)})
        verified(client, rita)

        JWT.log_out(client)

        assert client.get(GUARDED).json()["code"] == "mfa_required"

    def test_a_stored_token_that_cannot_be_read_is_known_by_its_jti(self, rita):
        client = JWT.log_in(rita)
        verified(client, rita)
        OutstandingToken.objects.update(token="redacted")

        JWT.log_out(client)

        assert client.get(GUARDED).json()["code"] == "mfa_required"

    def test_a_sliding_token_keeps_its_verification_and_ends_with_it(self, rita, jwt):
        jwt(AUTH_TOKEN_CLASSES=[SlidingToken])
        token = SlidingToken.for_user(rita.user)
        client = JWT.log_in(rita)
        JWT.keep(client, {"access": str(token)})
        verified(client, rita)
        token.set_exp()
        JWT.keep(client, {"access": str(token)})
        assert client.get(GUARDED).status_code == 200

        token.blacklist()

        assert Verification.objects.get().revoked_at is not None


def test_families_differ_for_each_log_in_and_are_the_same_in_both_tokens(rita):
    first, second = JWT.log_in(rita).issued, JWT.log_in(rita).issued

    families = [_claims(issued[name])["afm_sid"] for issued in (first, second) for name in issued]

    assert families[0] == families[1] != families[2] == families[3]


def test_the_claim_may_be_another(rita, settings):
    settings.ACCESSFLOW_MFA_JWT_FAMILY_CLAIM = "login"
    client = JWT.log_in(rita)
    verified(client, rita)

    JWT.refresh(client)

    assert "login" in _claims(client.issued["access"])
    assert client.get(GUARDED).status_code == 200


def test_a_knox_token_whose_expiry_is_renewed_keeps_its_verification(rita, clock, settings):
    settings.REST_KNOX = {**settings.REST_KNOX, "AUTO_REFRESH": True}
    client = KNOX.log_in(rita)
    verified(client, rita)
    expiry = AuthToken.objects.get().expiry

    clock.shift(1800)

    assert client.get(GUARDED).status_code == 200
    assert AuthToken.objects.get().expiry == expiry + timedelta(seconds=1800)
    assert client.get(GUARDED).status_code == 200


def test_an_expired_knox_token_opens_nothing(rita, clock):
    client = KNOX.log_in(rita)
    clock.shift(36000 - 10)
    verified(client, rita)

    clock.shift(20)

    assert client.get(GUARDED).status_code in (401, 403)


@pytest.mark.parametrize("rotates", [True, False], ids=["rotated", "kept"])
def test_a_refreshed_oauth2_token_keeps_its_verification(rita, toolkit, clock, rotates):
    toolkit(ROTATE_REFRESH_TOKEN=rotates)
    client = OAUTH2.log_in(rita)
    verified(client, rita)

    for _ in range(3):
        before = client.issued
        clock.shift(600)
        OAUTH2.refresh(client)
        assert client.issued["access_token"] != before["access_token"]
        assert (client.issued["refresh_token"] != before["refresh_token"]) is rotates
        assert client.get(GUARDED).status_code == 200

    assert AccessToken.objects.count() == 1
    assert Verification.objects.get().revoked_at is None


def test_a_retry_within_the_grace_period_keeps_its_verification(rita, toolkit):
    toolkit(REFRESH_TOKEN_GRACE_PERIOD_SECONDS=60, COMPLIANT_BCP_RFC9700_TOKEN_STORAGE=False)
    client = OAUTH2.log_in(rita)
    verified(client, rita)
    lost = dict(client.issued)
    OAUTH2.refresh(client)

    OAUTH2.keep(client, lost)
    OAUTH2.refresh(client)

    assert client.get(GUARDED).status_code == 200


def test_a_token_that_cannot_be_refreshed_stands_alone(rita):
    client = OAUTH2.log_in(rita)
    RefreshToken.objects.all().delete()
    verified(client, rita)
    assert client.get(GUARDED).status_code == 200

    AccessToken.objects.all().delete()

    assert Verification.objects.get().revoked_at is not None


def test_a_token_of_a_time_before_families_stands_alone(rita):
    client = OAUTH2.log_in(rita)
    RefreshToken.objects.update(token_family=None)
    verified(client, rita)
    assert client.get(GUARDED).status_code == 200

    OAUTH2.refresh(client)

    assert client.get(GUARDED).json()["code"] == "mfa_required"


def test_a_revocation_that_sends_no_signal_ends_it_all_the_same(rita):
    client = OAUTH2.log_in(rita)
    verified(client, rita)

    RefreshToken.objects.update(revoked=timezone.now())

    assert client.get(GUARDED).json()["code"] == "mfa_required"


def _claims(token):
    return UntypedToken(token, verify=False).payload


def _with_stock_tokens(person):
    client = JWT.log_in(person)
    refresh = JWTRefreshToken.for_user(person.user)
    JWT.keep(client, {"refresh": str(refresh), "access": str(refresh.access_token)})
    return client


def _refresh_with_stock(client):
    serializer = TokenRefreshSerializer(data={"refresh": client.issued["refresh"]})
    serializer.is_valid(raise_exception=True)
    JWT.keep(client, serializer.validated_data)

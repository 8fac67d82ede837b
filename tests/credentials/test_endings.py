"""What ends a credential ends, at once, what was verified through it."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import post_delete
from django.urls import path
from django.utils import timezone
from knox.models import AuthToken
from oauth2_provider.models import AccessToken, Application, RefreshToken, clear_expired
from rest_framework.authtoken.models import Token, TokenProxy
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.views import TokenRefreshView

from drf_accessflow_mfa.models import AccessFlow, AuditEvent, Verification
from tests.credentials.kinds import KINDS
from tests.credentials.urls import GUARDED, PLAIN, urlpatterns
from tests.people import enrolled, verified

pytestmark = pytest.mark.django_db(transaction=True)
KNOX, JWT, OAUTH2 = KINDS["knox"], KINDS["jwt"], KINDS["oauth2"]


@pytest.fixture
def passes(rita):
    """Tell whether what rita verified through any credential still counts somewhere."""
    AccessFlow.objects.update(mfa_scope="user")
    witness = KINDS["session"].log_in(rita)
    return lambda: witness.get(GUARDED).status_code == 200


def reasons():
    """Why verifications were ended, as the audit log has it."""
    events = AuditEvent.objects.filter(kind="verification.revoked")
    assert all(event.verification is not None for event in events)
    return [event.reason for event in events]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("session", "logged_out"),
        ("token", "token_deleted"),
        ("knox", "token_deleted"),
        ("jwt", "logged_out"),
        ("oauth2", "token_revoked"),
    ],
)
def test_logging_out_ends_it(name, reason, rita, passes):
    client = KINDS[name].log_in(rita)
    verified(client, rita)
    assert passes()

    KINDS[name].log_out(client)

    assert client.get(GUARDED).status_code in (401, 403)
    assert not passes()
    assert reasons() == [reason]


@pytest.mark.parametrize("name", ["session", "knox", "jwt", "oauth2"])
def test_the_next_log_in_starts_unverified_and_the_other_log_in_lives_on(name, rita, clock):
    kind = KINDS[name]
    client, other = kind.log_in(rita), kind.log_in(rita)
    verified(client, rita)
    clock.shift(30)
    verified(other, rita)

    kind.log_out(client)

    assert kind.log_in(rita).get(GUARDED).status_code == 401
    assert other.get(GUARDED).status_code == 200


def test_an_access_token_that_outlives_its_log_out_is_challenged(rita):
    client = JWT.log_in(rita)
    verified(client, rita)

    JWT.log_out(client)

    assert client.get(PLAIN).status_code == 200
    assert client.get(GUARDED).json()["code"] == "mfa_required"


def delete_row(model):
    return lambda: [row.delete() for row in model.objects.all()]


def delete_rows(model):
    return lambda: model.objects.all().delete()


def revoke_family():
    RefreshToken.revoke_family(RefreshToken.objects.get().token_family)


def blacklist_all():
    for token in OutstandingToken.objects.all():
        BlacklistedToken.objects.get_or_create(token=token)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        pytest.param("token", delete_row(Token), id="token"),
        pytest.param("token", delete_rows(Token), id="tokens"),
        pytest.param("token", delete_row(TokenProxy), id="token, as the admin does"),
        pytest.param("token", delete_rows(TokenProxy), id="tokens, as the admin does"),
        pytest.param("knox", delete_row(AuthToken), id="knox token"),
        pytest.param("knox", delete_rows(AuthToken), id="all knox tokens"),
        pytest.param("jwt", blacklist_all, id="all refresh tokens blacklisted"),
        pytest.param("oauth2", delete_row(AccessToken), id="access token"),
        pytest.param("oauth2", delete_rows(AccessToken), id="access tokens"),
        pytest.param("oauth2", delete_row(RefreshToken), id="refresh token"),
        pytest.param("oauth2", delete_rows(Application), id="application"),
        pytest.param("oauth2", revoke_family, id="family"),
        pytest.param("oauth2", lambda: RefreshToken.objects.get().revoke(), id="refresh token revoked"),
    ],
)
def test_deleting_or_revoking_a_token_ends_it(name, end, rita, passes):
    client = KINDS[name].log_in(rita)
    verified(client, rita)

    end()

    assert client.get(GUARDED).status_code in (401, 403)
    assert not passes()
    assert len(reasons()) == 1


def test_revoking_an_access_token_ends_it(rita, passes):
    client = OAUTH2.log_in(rita)
    verified(client, rita)

    OAUTH2.revoke(client.issued["access_token"])

    assert not passes()


def test_a_deletion_that_is_rolled_back_ends_nothing(rita, passes):
    client = KNOX.log_in(rita)
    verified(client, rita)

    with transaction.atomic():
        AuthToken.objects.all().delete()
        transaction.set_rollback(True)

    assert client.get(GUARDED).status_code == 200
    assert reasons() == []


@pytest.mark.parametrize("name", KINDS)
def test_a_user_with_live_verifications_can_be_deleted(name, rita):
    verified(KINDS[name].log_in(rita), rita)

    User.objects.get(pk=rita.user.pk).delete()

    assert not Verification.objects.exists()


class TestReuse:
    def test_a_reused_refresh_token_of_simplejwt_ends_its_family(self, rita, passes):
        client = JWT.log_in(rita)
        first = client.issued["refresh"]
        JWT.refresh(client)
        verified(client, rita)
        assert passes()

        JWT.keep(client, {"refresh": first})
        answer = client.post("/api/auth/jwt/refresh/", {"refresh": first}, format="json")

        assert answer.status_code == 401
        assert client.get(GUARDED).json()["code"] == "mfa_required"
        assert not passes()
        assert reasons() == ["refresh_token_reused"]

    def test_a_reused_refresh_token_leaves_other_log_ins_alone(self, rita):
        thief, client = JWT.log_in(rita), JWT.log_in(rita)
        first = thief.issued["refresh"]
        JWT.refresh(thief)
        verified(client, rita)

        thief.post("/api/auth/jwt/refresh/", {"refresh": first}, format="json")

        assert client.get(GUARDED).status_code == 200

    def test_under_a_view_that_is_rolled_back_the_log_says_what_to_do(self, rita, settings, caplog):
        settings.ROOT_URLCONF = (*urlpatterns, path("stock/", TokenRefreshView.as_view()))
        client = JWT.log_in(rita)
        first = client.issued["refresh"]
        JWT.refresh(client)

        answer = client.post("/stock/", {"refresh": first}, format="json")

        assert answer.status_code == 401
        assert "simplejwt_login.TokenRefreshView" in caplog.text

    def test_a_forged_refresh_token_ends_nothing(self, rita):
        client = JWT.log_in(rita)
        verified(client, rita)
        header, payload, _ = client.issued["refresh"].split(".")

        forged = {"refresh": f"{header}.{payload}.{'A' * 43}"}
        answer = client.post("/api/auth/jwt/refresh/", forged, format="json")

        assert answer.status_code == 401
        assert client.get(GUARDED).status_code == 200

    def test_a_reused_refresh_token_of_the_toolkit_ends_its_family(self, rita, passes):
        client = OAUTH2.log_in(rita)
        first = client.issued["refresh_token"]
        OAUTH2.refresh(client)
        verified(client, rita)
        assert passes()

        OAUTH2.token(status=400, grant_type="refresh_token", refresh_token=first)

        assert client.get(GUARDED).status_code in (401, 403)
        assert not passes()
        assert reasons() == ["token_revoked"]


def test_a_refresh_token_that_is_saved_as_revoked_ends_it(rita, passes):
    verified(OAUTH2.log_in(rita), rita)
    refresh_token = RefreshToken.objects.get()
    refresh_token.revoked = timezone.now()

    refresh_token.save()

    assert not passes()


def test_other_families_and_other_people_keep_no_family_alive_and_lose_nothing(rita):
    AccessFlow.objects.update(mfa_scope="credential")
    omar = enrolled("omar")
    of_omar, of_rita = OAUTH2.log_in(omar), OAUTH2.log_in(rita)
    verified(of_omar, omar)
    verified(of_rita, rita)

    OAUTH2.revoke(of_rita.issued["refresh_token"])

    [ended] = Verification.objects.filter(revoked_at__isnull=False)
    assert ended.user == rita.user
    assert of_omar.get(GUARDED).status_code == 200


def test_proxies_of_a_token_model_are_watched_too():
    assert post_delete.has_listeners(TokenProxy)


def test_sweeping_expired_tokens_ends_nothing_that_lives(rita, clock, passes):
    client = OAUTH2.log_in(rita)
    RefreshToken.objects.all().delete()
    clock.shift(3590)
    verified(client, rita)
    clock.shift(20)
    assert client.get(GUARDED).status_code in (401, 403)

    clear_expired()

    assert not AccessToken.objects.exists()
    assert passes()

"""What looks like the end of a credential and is none."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken as RefreshJWT

from drf_accessflow_mfa.credentials.simplejwt import refresh_token_reused
from drf_accessflow_mfa.models import AuditEvent, Verification
from tests.credentials.kinds import KINDS
from tests.people import enrolled, verified

pytestmark = pytest.mark.django_db(transaction=True)
JWT, OAUTH2 = KINDS["jwt"], KINDS["oauth2"]


@pytest.fixture
def by_jwt(rita):
    client = JWT.log_in(rita)
    verified(client, rita)
    return client


@pytest.fixture
def by_oauth2(rita):
    client = OAUTH2.log_in(rita)
    verified(client, rita)
    return client


def ended():
    """Whose verifications were ended, and why."""
    rows = Verification.objects.exclude(revoked_at=None).order_by("pk")
    reasons = AuditEvent.objects.filter(kind="verification.revoked").values_list("reason", flat=True)
    return [row.user.username for row in rows], list(reasons)


def reuse(client, **claims):
    payload = {**RefreshJWT(client.issued["refresh"], verify=False).payload, **claims}
    refresh_token_reused.send(sender=RefreshJWT, payload=payload)


def blacklisted():
    return BlacklistedToken(token=OutstandingToken.objects.get(), blacklisted_at=timezone.now())


def test_a_blacklisted_token_that_is_saved_again_ends_nothing_more(by_jwt):
    row = blacklisted()
    row.save()
    assert ended() == (["rita"], ["logged_out"])
    Verification.objects.update(revoked_at=None)

    row.save()

    assert ended() == ([], ["logged_out"])


def test_a_blacklisted_token_that_a_fixture_loads_ends_nothing(by_jwt):
    blacklisted().save_base(raw=True)

    assert ended() == ([], [])


def test_a_revoked_refresh_token_that_a_fixture_loads_ends_nothing(by_oauth2):
    row = RefreshToken.objects.get()
    row.revoked = timezone.now()

    row.save_base(raw=True)

    assert ended() == ([], [])


def test_a_reused_refresh_token_of_a_user_who_is_gone_ends_nothing(by_jwt):
    reuse(by_jwt, user_id="999999")

    assert ended() == ([], [])


@pytest.mark.parametrize(
    ("is_atomic", "rolls_back"), [(True, False), (False, True), (True, True), (False, False)]
)
def test_only_a_reuse_in_a_transaction_of_the_request_is_told_to_be_lost(
    by_jwt, caplog, monkeypatch, is_atomic, rolls_back
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", rolls_back)

    if is_atomic:
        with transaction.atomic():
            reuse(by_jwt)
    else:
        reuse(by_jwt)

    assert ended() == (["rita"], ["refresh_token_reused"])
    assert ("simplejwt_login.TokenRefreshView" in caplog.text) is (is_atomic and rolls_back)


def test_a_token_without_a_family_ends_alone_whatever_families_there_are(rita):
    omar = enrolled("omar")
    verified(OAUTH2.log_in(omar), omar)
    client = OAUTH2.log_in(rita)
    RefreshToken.objects.filter(user=rita.user).delete()
    verified(client, rita)

    AccessToken.objects.get(user=rita.user).delete()

    assert ended() == (["rita"], ["token_revoked"])


def test_a_token_of_a_client_without_a_user_ends_nothing(demo_client):
    token = AccessToken.objects.create(
        user=None,
        token="of a client alone",
        application=demo_client,
        expires=timezone.now() + timedelta(hours=1),
        scope="read",
    )

    token.delete()

    assert not AuditEvent.objects.exists()

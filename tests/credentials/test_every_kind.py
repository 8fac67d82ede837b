"""What is promised of every credential, asked of every credential."""

import base64

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from drf_accessflow_mfa.models import AccessFlow, AuditEvent, Verification
from tests.credentials.kinds import KINDS
from tests.credentials.urls import GUARDED, PLAIN, SWAPPED
from tests.people import PASSWORD, enrolled, post_code, verified

pytestmark = pytest.mark.django_db
OTHER_PASSWORD = "battery staple horse"


def assert_challenged(answer):
    assert answer.status_code == 401, answer.content
    assert answer.json()["code"] == "mfa_required"
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]


def test_a_verification_opens_the_flow_and_the_event_names_the_kind(kind, rita):
    client = kind.log_in(rita)
    assert_challenged(client.get(GUARDED))

    verified(client, rita)

    assert client.get(GUARDED).status_code == 200
    assert client.post(GUARDED, {}, format="json").status_code == 200
    event = AuditEvent.objects.get(kind="mfa.verified")
    assert KINDS[event.credential] is kind


def test_the_challenge_speaks_the_scheme_of_the_credential(kind, rita):
    answer = kind.log_in(rita).get(GUARDED)

    assert answer.headers["WWW-Authenticate"].startswith(f'{kind.scheme} error="insufficient_user')


def test_a_verification_counts_until_its_limit_and_no_longer(kind, rita, clock):
    AccessFlow.objects.update(mfa_max_age=timezone.timedelta(seconds=60))
    client = kind.log_in(rita)
    verified(client, rita)

    clock.shift(60)
    assert client.get(GUARDED).status_code == 200
    clock.shift(1)
    assert_challenged(client.get(GUARDED))


@pytest.mark.parametrize("name", KINDS)
def test_only_the_credential_that_verified_passes(kind, name, rita):
    other = KINDS[name]
    client, another = kind.log_in(rita), other.log_in(rita)

    verified(client, rita)

    if other is kind and kind.is_shared:
        assert another.get(GUARDED).status_code == 200
    else:
        assert_challenged(another.get(GUARDED))
    assert client.get(GUARDED).status_code == 200


def test_a_flow_of_user_scope_counts_any_credential(kind, rita):
    AccessFlow.objects.update(mfa_scope="user")
    verified(kind.log_in(rita), rita)

    assert {name: other.log_in(rita).get(GUARDED).status_code for name, other in KINDS.items()} == (
        dict.fromkeys(KINDS, 200)
    )


@pytest.mark.parametrize("name", KINDS)
def test_nobody_profits_from_somebody_elses_verification(kind, name, rita, omar):
    verified(kind.log_in(rita), rita)

    assert_challenged(KINDS[name].log_in(omar).get(GUARDED))


def test_a_changed_password_ends_it_however_it_was_changed(kind, rita):
    client = kind.log_in(rita)
    verified(client, rita)
    rita.user.set_password(OTHER_PASSWORD)

    User.objects.filter(pk=rita.user.pk).update(password=rita.user.password)

    assert client.get(GUARDED).status_code in (401, 403)
    assert_challenged(kind.log_in(rita, OTHER_PASSWORD).get(GUARDED))


def test_a_password_that_is_saved_ends_it_too(kind, rita):
    client = kind.log_in(rita)
    verified(client, rita)

    rita.user.set_password(OTHER_PASSWORD)
    rita.user.save()

    assert client.get(GUARDED).status_code in (401, 403)
    assert_challenged(kind.log_in(rita, OTHER_PASSWORD).get(GUARDED))


def test_a_deactivated_user_is_refused_even_where_the_package_still_lets_them_in(kind, rita):
    client = kind.log_in(rita)
    verified(client, rita)

    User.objects.filter(pk=rita.user.pk).update(is_active=False)

    answer = client.get(GUARDED)
    assert answer.status_code in (401, 403)
    assert "insufficient" not in answer.headers.get("WWW-Authenticate", "")


def test_deactivating_a_user_revokes_what_they_verified(kind, rita):
    verified(kind.log_in(rita), rita)

    rita.user.is_active = False
    rita.user.save()

    assert Verification.objects.get().revoked_at is not None


def test_a_swapped_user_is_refused(kind, rita, omar):
    client = kind.log_in(rita)
    verified(client, rita)
    verified(kind.log_in(omar), omar)

    answer = client.get(SWAPPED)

    # A password names no row, so Basic is another credential of omar: unverified, and challenged.
    expected = (401, "mfa_required") if kind is KINDS["basic"] else (403, "credential_unsupported")
    assert (answer.status_code, answer.json()["code"]) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_name_beyond_ascii_is_a_credential_like_any_other(encoding, refunds, clock):
    rita = enrolled("rit\u00e9")
    client = APIClient()
    pair = base64.b64encode(f"rit\u00e9:{PASSWORD}".encode(encoding)).decode()
    client.credentials(HTTP_AUTHORIZATION=f"Basic {pair}")

    assert_challenged(client.get(GUARDED))
    verified(client, rita)
    assert client.get(GUARDED).status_code == 200


def test_a_guarded_view_costs_one_statement_more_than_the_plain_one(kind, rita):
    client = kind.log_in(rita)
    verified(client, rita)
    client.get(GUARDED)

    with CaptureQueriesContext(connection) as plain:
        assert client.get(PLAIN).status_code == 200
    with CaptureQueriesContext(connection) as guarded:
        assert client.get(GUARDED).status_code == 200

    assert len(guarded) == len(plain) + 1, [query["sql"] for query in guarded]


def test_nothing_in_the_request_moves_the_binding(kind, rita):
    victim, client = kind.log_in(rita), KINDS["knox"].log_in(rita)
    verified(victim, rita)
    names = ("afm_sid", "sid", "jti", "digest", "token_family", "user", "user_id", "credential", "binding")
    forged = dict.fromkeys(names, Verification.objects.get().binding)

    headers = {f"HTTP_X_{name.upper()}": value for name, value in forged.items()}
    client.cookies.load(forged)

    assert_challenged(client.get(GUARDED, forged, **headers))
    assert_challenged(client.post(GUARDED, forged, format="json"))


def test_a_code_is_spent_for_every_credential(kind, rita):
    verified(kind.log_in(rita), rita)

    for other in KINDS.values():
        assert post_code(other.log_in(rita, PASSWORD), rita.code()).status_code == 400

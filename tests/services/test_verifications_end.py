"""Password, device, account and revocation each end a verification at once (rule 5)."""

from datetime import timedelta

import pytest
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AdminPasswordChangeForm, PasswordChangeForm
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token

from drf_accessflow_mfa.models import AuthenticatorApp
from tests.people import API, BY, PASSWORD, by_basic, by_session, by_token, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(serve, refunds):
    return serve(access_flow="refunds")


def by_form(user):
    form = PasswordChangeForm(
        user, {"old_password": PASSWORD, "new_password1": "a new pass-9", "new_password2": "a new pass-9"}
    )
    assert form.is_valid(), form.errors
    form.save()


def by_admin_form(user):
    form = AdminPasswordChangeForm(user, {"password1": "a new pass-9", "password2": "a new pass-9"})
    assert form.is_valid(), form.errors
    form.save()


def by_set_password(user):
    user.set_password("a new pass-9")
    user.save()


def by_update(user):
    User.objects.filter(pk=user.pk).update(password=make_password("a new pass-9"))


def by_the_same_password_again(user):
    user.set_password(PASSWORD)
    user.save()


PASSWORD_CHANGES = [by_form, by_admin_form, by_set_password, by_update, by_the_same_password_again]


@pytest.mark.parametrize("change", PASSWORD_CHANGES)
def test_a_changed_password_ends_it(url, rita, change):
    client = by_token(rita)
    verified(client, rita)

    change(User.objects.get(pk=rita.user.pk))

    assert client.get(url).status_code == 401
    assert client.get(API + "status/").json()["verified"] is False
    assert client.get(API + "verifications/").json() == []


def test_a_changed_password_ends_it_in_a_session_that_stays_logged_in(url, rita, rf):
    browser = by_session(rita)
    verified(browser, rita)
    session, user = browser.session, User.objects.get(pk=rita.user.pk)
    user.set_password("a new pass-9")
    user.save()
    request = rf.get("/")
    request.session, request.user = session, user
    update_session_auth_hash(request, user)
    session.save()
    browser.cookies["sessionid"] = session.session_key

    assert browser.get(url).status_code == 401


def test_a_password_only_session_is_still_refused_what_a_basic_client_verified(url, rita):
    verified(by_basic(rita), rita)

    assert by_basic(rita).get(url).status_code == 200
    assert by_session(rita).get(url).status_code == 401


def test_a_new_token_of_the_user_starts_unverified(url, rita):
    verified(by_token(rita), rita)
    Token.objects.filter(user=rita.user).delete()

    assert by_token(rita).get(url).status_code == 401


def deactivated(user):
    user.is_active = False
    user.save()


def deactivated_in_bulk(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("deactivate", [deactivated, deactivated_in_bulk])
@pytest.mark.parametrize("kind", BY)
def test_a_deactivated_user_is_refused_at_once(url, rita, deactivate, kind):
    client = BY[kind](rita)
    verified(client, rita)

    deactivate(User.objects.get(pk=rita.user.pk))

    assert client.get(url).status_code in (401, 403)
    assert b"mfa_required" not in client.get(url).content


def test_an_account_that_was_switched_off_and_on_starts_unverified(url, rita):
    client = by_token(rita)
    verified(client, rita)
    deactivated(User.objects.get(pk=rita.user.pk))

    User.objects.filter(pk=rita.user.pk).update(is_active=True)

    assert client.get(url).status_code == 401


REMOVALS = {
    "instance": lambda person, client: AuthenticatorApp.objects.get(pk=person.app.pk).delete(),
    "queryset": lambda person, client: AuthenticatorApp.objects.filter(user=person.user).delete(),
    "API": lambda person, client: client.delete(f"{API}devices/{person.device}/"),
    "unconfirmed": lambda person, client: _unconfirm(person),
}


def _unconfirm(someone):
    app = AuthenticatorApp.objects.get(pk=someone.app.pk)
    app.confirmed = False
    app.save()


@pytest.mark.parametrize("remove", list(REMOVALS.values()), ids=list(REMOVALS))
def test_a_removed_device_ends_it(url, rita, remove):
    client = by_token(rita)
    verified(client, rita)

    remove(rita, client)

    assert client.get(url).status_code == 401


def test_a_removal_outside_of_the_package_is_in_the_log_once(rita):
    AuthenticatorApp.objects.filter(user=rita.user).delete()

    assert rita.events() == [("device.removed", "removed outside of this package")]


def test_a_verification_from_the_future_counts_for_nothing(url, rita, clock):
    client = by_token(rita)
    verified(client, rita)

    clock.shift(timedelta(seconds=-1))

    assert client.get(url).status_code == 401
    assert client.get(API + "verifications/").json() == []


def test_a_verification_from_the_future_does_not_hide_the_one_made_now(url, rita, clock):
    client = by_token(rita)
    verified(client, rita)
    clock.shift(timedelta(hours=-2))
    AuthenticatorApp.objects.update(last_step=-1)
    verified(client, rita)

    assert client.get(url).status_code == 200


def test_revoked_is_revoked(url, rita):
    client, other = by_token(rita), by_session(rita)
    made = verified(client, rita)

    assert other.delete(f"{API}verifications/{made['id']}/").status_code == 204

    assert client.get(url).status_code == 401
    assert other.delete(f"{API}verifications/{made['id']}/").status_code == 404
    assert rita.events("verification.revoked") == [("verification.revoked", "forgotten")]


def test_forgetting_all_ends_those_of_every_credential(url, rita, clock):
    clients = [by_token(rita), by_session(rita)]
    for client in clients:
        verified(client, rita)
        clock.shift(30)

    assert clients[0].delete(API + "verifications/").status_code == 204

    assert [client.get(url).status_code for client in clients] == [401, 401]


def test_somebody_elses_verification_cannot_be_forgotten(url, rita, omar):
    client = by_token(rita)
    made = verified(client, rita)

    assert by_token(omar).delete(f"{API}verifications/{made['id']}/").status_code == 404
    assert client.get(url).status_code == 200

"""Whatever still opens something is listed and can be forgotten, longer flows included."""

from datetime import timedelta

import pytest
from django.urls import include, path, reverse

from drf_accessflow_mfa.models import Verification
from drf_accessflow_mfa.permissions import RequiresAssurance
from tests.people import API, by_session, by_token, flow, verified

pytestmark = pytest.mark.django_db
LIST = API + "verifications/"
AGE = timedelta(minutes=90)


@pytest.fixture
def url(serve):
    flow("day-long", mfa_max_age=timedelta(hours=8))
    return serve(access_flow="day-long")


@pytest.fixture
def browser(url, rita, settings):
    """A browser, on a site that has the pages too."""
    settings.ROOT_URLCONF = (*settings.ROOT_URLCONF, path("", include("example_project.urls")))
    return by_session(rita)


@pytest.fixture
def client(rita):
    return by_token(rita)


@pytest.fixture
def made(url, rita, client, clock):
    """A verification older than the default age, which the flow accepts."""
    found = verified(client, rita)
    clock.shift(AGE)
    assert client.get(url).status_code == 200
    return found


def test_what_a_longer_flow_accepts_is_listed(client, made):
    [row] = client.get(LIST).json()

    assert (row["id"], row["current"]) == (made["id"], True)


def test_it_expires_by_the_default_age_like_everywhere(client, made):
    [row], detail = client.get(LIST).json(), client.get(f"{LIST}{made['id']}/").json()

    assert row["expires_at"] == detail["expires_at"] == made["expires_at"]
    assert client.get(API + "status/").json()["verified"] is False


def test_forgetting_all_ends_it(client, rita, url, made):
    assert client.delete(LIST).status_code == 204

    assert client.get(url).status_code == 401
    assert client.get(LIST).json() == []
    assert rita.events("verification.revoked") == [("verification.revoked", "forgotten")]


def test_forgetting_it_ends_it(client, url, made):
    assert client.delete(f"{LIST}{made['id']}/").status_code == 204

    assert client.get(url).status_code == 401
    assert client.delete(f"{LIST}{made['id']}/").status_code == 404


def test_what_no_flow_accepts_is_not_listed(client, url, made, clock):
    clock.shift(timedelta(hours=8) - AGE)
    assert len(client.get(LIST).json()) == 1

    clock.shift(timedelta(microseconds=1))

    assert client.get(LIST).json() == []


def test_forgetting_all_ends_what_only_a_requirement_in_the_code_accepts(serve, rita, client, clock):
    day = RequiresAssurance.of(max_age=timedelta(hours=24))
    url = serve(permission_classes=[day])
    verified(client, rita)
    clock.shift(timedelta(hours=23))
    assert client.get(url).status_code == 200

    client.delete(LIST)

    assert client.get(url).status_code == 401


def test_a_longer_flow_costs_no_statement_while_all_are_young(
    url, rita, client, clock, django_assert_num_queries
):
    verified(client, rita)
    client.get(LIST)
    with django_assert_num_queries(2):
        client.get(LIST)

    clock.shift(AGE)

    with django_assert_num_queries(3):
        client.get(LIST)


def test_the_page_shows_it_without_a_past_moment_and_forgets_it(browser, url, rita, clock):
    verified(browser, rita)
    page = reverse("drf_accessflow_mfa_web:security")
    assert "counts until" in browser.get(page).content.decode()
    clock.shift(AGE)

    shown = browser.get(page).content.decode()
    browser.post(reverse("drf_accessflow_mfa_web:forget", args=[Verification.objects.get().pk]))

    assert "counts only for access flows with a longer time limit" in shown
    assert "counts until" not in shown
    assert browser.get(url).status_code == 401


def test_the_page_forgets_all_of_them(browser, url, rita, clock):
    verified(browser, rita)
    clock.shift(AGE)

    browser.post(reverse("drf_accessflow_mfa_web:forget-all"))

    assert browser.get(url).status_code == 401

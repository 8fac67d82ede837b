"""What a browser posted before a step-up is nowhere afterwards (rule 11): the user decides again."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from drf_accessflow_mfa.decorators import requires_mfa

WEB = "drf_accessflow_mfa_web"
POSTED = {"amount": "4711", "to": "an account of somebody"}


@requires_mfa("refunds")
def refund(request):
    return HttpResponse(f"{request.method} {sorted(request.POST)}")


class Urls:
    urlpatterns = [
        path("refund/", refund),
        path("account/", include("drf_accessflow_mfa.web.urls")),
        path("api/mfa/", include("drf_accessflow_mfa.api.urls")),
    ]


@pytest.fixture
def browser(rita, refunds, settings):
    settings.ROOT_URLCONF = Urls
    client = Client(headers={"accept": "text/html"})
    client.force_login(rita.user)
    return client


def next_of(answer):
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer["Location"]).query).get("next")


def kept_in(browser):
    return str(dict(browser.session)) + str(browser.cookies)


@pytest.mark.parametrize(
    ("headers", "back"), [({"referer": "http://testserver/form/"}, ["http://testserver/form/"]), ({}, None)]
)
def test_a_refused_form_leads_back_to_its_page_and_not_to_where_it_was_posted(browser, headers, back):
    answer = browser.post("/refund/", POSTED, headers=headers)

    assert next_of(answer) == back


def test_a_page_that_was_asked_for_is_come_back_to(browser):
    assert next_of(browser.get("/refund/?page=2")) == ["/refund/?page=2"]


def test_the_session_keeps_nothing_of_a_refused_form(browser):
    before = kept_in(browser)

    browser.post("/refund/", POSTED)

    assert kept_in(browser) == before


def test_after_the_step_up_nothing_is_posted_for_the_user(browser, rita):
    asked = browser.post("/refund/", POSTED, headers={"referer": "http://testserver/refund/"})

    answer = browser.post(asked["Location"], {"code": rita.code()}, follow=True)

    assert answer.redirect_chain == [("http://testserver/refund/", 302)]
    assert answer.content == b"GET []"


def test_a_page_of_ours_carries_nothing_that_was_posted_to_it(browser):
    page = reverse(f"{WEB}:recovery-codes", urlconf=Urls)

    answer = browser.post(page, POSTED)

    assert next_of(answer) == [page]
    assert "4711" not in kept_in(browser)

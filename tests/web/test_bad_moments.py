"""What the pages say when it goes wrong, and that nobody loses where they were going."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.models import AttemptBudget, AuthenticatorApp
from drf_accessflow_mfa.web.next_page import page_as_form
from drf_accessflow_mfa.web.wording import duration_in_words
from tests import people

LOGIN = "/login/"


def url(name, *arguments):
    return reverse(f"drf_accessflow_mfa_web:{name}", args=arguments)


def browser_of(person, **options):
    client = Client(**options)
    client.force_login(person.user)
    return client


@pytest.mark.parametrize(
    ("posted", "back"),
    [
        (
            {"code": "123456", "next": "/portal/?a=1", "flow": "refunds"},
            "/account/verify/%3Fnext%3D%252Fportal%252F%253Fa%253D1%26flow%3Drefunds",
        ),
        ({"code": "x", "method": "recovery"}, "/account/verify/%3Fmethod%3Drecovery"),
        ({"code": "123456", "next": "https://evil.example/"}, "/account/verify/"),
    ],
)
def test_whoever_posts_a_code_without_a_session_comes_back_to_the_same_verify_page(
    db, settings, posted, back
):
    settings.LOGIN_URL = LOGIN

    answer = Client().post(url("verify"), posted)

    assert answer["Location"] == f"{LOGIN}?next={back}"


def test_a_form_that_grew_old_leads_back_to_its_page_with_what_it_was_called_with(rita):
    client = browser_of(rita, enforce_csrf_checks=True)

    answer = client.post(url("verify"), {"code": rita.code(), "next": "/portal/", "flow": "refunds"})

    assert answer.status_code == 403
    assert b'href="/account/verify/?next=%2Fportal%2F&amp;flow=refunds"' in answer.content
    assert rita.code().encode() not in answer.content


def test_the_daily_limit_is_told_in_hours_and_minutes(rita):
    lately = [(timezone.now() - timedelta(hours=16, minutes=17)).timestamp()] * 20
    AttemptBudget.objects.update_or_create(pk=rita.user.pk, defaults={"codes_recent": lately})

    answer = browser_of(rita).post(url("verify"), {"code": rita.code()})

    assert answer.status_code == 429
    assert b"Try again in 7 hours, 43 minutes." in answer.content


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (30, "30 seconds"),
        (60, "1 minute"),
        (90, "1 minute, 30 seconds"),
        (3600, "1 hour"),
        (3601, "1 hour, 1 minute"),
        (27_839, "7 hours, 44 minutes"),
        (86_400, "24 hours"),
    ],
)
def test_a_wait_is_told_as_people_say_it(seconds, words):
    assert duration_in_words(seconds) == words


@pytest.mark.parametrize(
    ("method", "column", "advice"),
    [
        ("", "codes_in_a_row", b"Use a recovery code or ask your administrator."),
        ("recovery", "recovery_in_a_row", b"Too many wrong recovery codes in a row. Ask your administrator."),
    ],
)
def test_codes_that_are_refused_for_good_are_not_waited_for(rita, method, column, advice):
    AttemptBudget.objects.update_or_create(pk=rita.user.pk, defaults={column: 100})

    code = "0000-0000-0000-0000-0000-0000" if method else rita.code()
    answer = browser_of(rita).post(url("verify"), {"code": code, "method": method})

    alert = re.search(rb'role="alert">([^<]+)<', answer.content)[1]
    assert advice in alert
    assert b"data-mfa-countdown" not in answer.content


def test_whoever_sets_up_the_first_app_is_not_sent_to_recovery_codes(nina):
    client = browser_of(nina)
    client.post(url("enroll"), {"name": "Phone"})
    app = id_of(AuthenticatorApp.objects.get(user=nina.user))
    for _ in range(5):
        client.post(url("confirm", app), {"code": "x"})

    answer = client.post(url("confirm", app), {"code": "x"})

    assert b'role="alert">Too many wrong codes. Wait before you try again.</p>' in answer.content


def test_the_title_tells_the_problem_first(rita):
    client = browser_of(rita)
    wrong = client.post(url("verify"), {"code": rita.wrong_code()})
    for _ in range(4):
        client.post(url("verify"), {"code": rita.wrong_code()})
    locked = client.post(url("verify"), {"code": rita.wrong_code()})
    unnamed = client.post(url("rename", rita.device), {"name": ""})

    assert b"<title>Not accepted \xc2\xb7 Confirm that it is you" in wrong.content
    assert b"<title>Too many wrong codes \xc2\xb7 Confirm that it is you" in locked.content
    assert b"<title>Please read \xc2\xb7 Rename device" in unnamed.content


def test_a_page_that_asks_to_set_up_has_no_second_button_for_it(nina, refunds):
    page = browser_of(nina).get(url("verify"), {"next": "/portal/"})

    assert b"Set up MFA first" in page.content
    assert b"<mfa-banner" not in page.content
    assert b"<mfa-banner" in browser_of(nina).get(url("security")).content


def test_the_page_names_the_flow_that_asks(rita, refunds):
    answer = browser_of(rita).get(url("verify"), {"flow": "refunds"})

    assert b'Required by the access flow <bdi class="afm-tag">refunds</bdi>' in answer.content


def test_the_form_after_the_recovery_codes_leads_on_with_the_query(nina):
    client = browser_of(nina)
    client.post(url("enroll"), {"name": "Phone"})
    app = AuthenticatorApp.objects.get(user=nina.user)

    shown = client.post(
        url("confirm", id_of(app)), {"code": app.totp().at(people.NOON), "next": "/portal/?a=1&b="}
    )

    assert b'action="/portal/"' in shown.content
    assert b'<input type="hidden" name="a" value="1"><input type="hidden" name="b" value="">' in shown.content


def test_an_address_becomes_a_form_with_its_fields_in_order():
    form = page_as_form("/list/?b=1&a=%26&b=2#row")

    assert (form.action, form.fields) == ("/list/#row", [("b", "1"), ("a", "&"), ("b", "2")])
    assert page_as_form("") is None

"""Who sees which page, with which headers, and where it leads."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from drf_accessflow_mfa.checks import check_settings
from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp
from drf_accessflow_mfa.services.status import is_enrollment_required
from drf_accessflow_mfa.web.urls import urlpatterns
from tests import people, resetting

WEB = "drf_accessflow_mfa_web"
GET_PAGES = ("security", "log", "enroll", "recovery-codes", "verify")


def url(name, *arguments):
    return reverse(f"{WEB}:{name}", args=arguments)


def browser_of(person, **options):
    client = Client(**options)
    client.force_login(person.user)
    return client


@pytest.fixture
def ritas(rita):
    """Rita's browser, signed in and not verified."""
    return browser_of(rita)


def verify(client, person):
    answer = client.post(url("verify"), {"code": person.code()})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize("name", GET_PAGES)
def test_a_stranger_is_sent_to_sign_in_and_from_there_back(db, settings, name):
    settings.LOGIN_URL = "/login/"

    answer = Client().get(url(name))

    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={url(name)}")
    assert answer["Cache-Control"] == "no-store"


def test_a_stranger_who_posts_comes_back_to_a_page_that_can_be_read(db, settings):
    settings.LOGIN_URL = "/login/"

    answer = Client().post(url("forget-all"))

    assert answer["Location"] == f"/login/?next={url('security')}"


@pytest.mark.parametrize("name", GET_PAGES)
def test_no_page_is_cached_framed_or_open_to_foreign_content(rita, ritas, name):
    verify(ritas, rita)

    answer = ritas.get(url(name))

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy


@pytest.mark.parametrize("name", GET_PAGES)
def test_no_page_has_inline_script_or_style(rita, ritas, name):
    verify(ritas, rita)

    html = ritas.get(url(name)).content.decode()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|data:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


def test_the_host_may_set_the_policy_itself(rita, ritas, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "portal.csp" not in name]
    settings.ACCESSFLOW_MFA_PAGE_CSP = ""

    assert "Content-Security-Policy" not in ritas.get(url("security"))


def test_static_files_on_another_host_are_allowed_by_the_policy(ritas, settings):
    settings.STATIC_URL = "https://static.example.com/files/"

    assert "script-src https://static.example.com;" in ritas.get(url("security"))["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "http:///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        " https://evil.example/",
        "https:evil.example",
        "/" + "a" * 3000,
    ],
)
def test_verifying_never_leads_to_another_site(rita, ritas, wanted):
    answer = ritas.post(url("verify"), {"code": rita.code(), "next": wanted})

    assert answer["Location"] == url("security")


def test_verifying_leads_back_to_the_page_that_asked(rita, ritas):
    answer = ritas.post(url("verify"), {"code": f" {rita.code()} ", "next": "/portal/?a=1"})

    assert answer["Location"] == "/portal/?a=1"


def test_over_tls_verifying_does_not_lead_to_a_page_without(rita, ritas):
    answer = ritas.post(
        url("verify"), {"code": rita.code(), "next": "http://testserver/portal/"}, secure=True
    )

    assert answer["Location"] == url("security")


@pytest.mark.parametrize("name", ["enroll", "recovery-codes", "verify", "forget-all"])
def test_a_post_without_the_csrf_token_is_refused_even_without_the_middleware(rita, settings, name):
    settings.MIDDLEWARE = [entry for entry in settings.MIDDLEWARE if "CsrfViewMiddleware" not in entry]
    client = browser_of(rita, enforce_csrf_checks=True)

    answer = client.post(url(name), {"code": rita.code()})

    assert answer.status_code == 403
    assert b"Nothing was changed" in answer.content
    assert rita.events() == []


def test_a_form_with_the_token_of_the_page_is_accepted(rita):
    client = browser_of(rita, enforce_csrf_checks=True)
    page = client.get(url("verify")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    answer = client.post(url("verify"), {"code": rita.code(), "csrfmiddlewaretoken": token})

    assert answer.status_code == 302


def test_a_form_that_another_tab_made_stale_says_so(rita):
    client = browser_of(rita, enforce_csrf_checks=True)
    page = client.get(url("security")).content.decode()
    token = re.search(r'data-csrf-token="([^"]+)"', page)[1]
    client.post(url("verify"), {"code": rita.code(), "csrfmiddlewaretoken": token})

    answer = client.post(url("forget-all"), {"csrfmiddlewaretoken": token})

    assert answer.status_code == 403
    assert b"This page had grown old" in answer.content


def test_a_wrong_code_stays_counted_and_says_nothing_more(rita, ritas):
    answer = ritas.post(url("verify"), {"code": rita.wrong_code()})

    assert answer.status_code == 400
    assert rita.budget() == (1, 1)
    assert AuditEvent.objects.filter(kind=EventKind.MFA_FAILED, source="web").count() == 1


def test_a_lock_says_how_long(rita, ritas):
    for _ in range(5):
        ritas.post(url("verify"), {"code": rita.wrong_code()})

    answer = ritas.post(url("verify"), {"code": rita.code()})

    assert answer.status_code == 429
    assert b"Try again in 30 seconds." in answer.content


def test_the_second_wrong_code_brings_the_clock_up(rita, ritas):
    first = ritas.post(url("verify"), {"code": rita.wrong_code(), "failures": "0"})
    second = ritas.post(url("verify"), {"code": rita.wrong_code(), "failures": "1"})

    hint = (
        b'role="alert">That code was not accepted. Each code works only once: wait for the next one. If codes'
    )
    assert hint not in first.content
    assert hint in second.content


def test_a_flow_that_is_satisfied_lets_the_browser_go_on(rita, ritas):
    people.flow("refunds")
    verify(ritas, rita)

    answer = ritas.get(url("verify"), {"flow": "refunds", "next": "/portal/"})

    assert b"You are verified. You can go on." in answer.content


@pytest.mark.parametrize("slug", ["nowhere", "../x", "a" * 300, "\x00"])
def test_an_unknown_flow_on_the_verify_page_is_no_error(ritas, slug):
    assert ritas.get(url("verify"), {"flow": slug}).status_code == 200


def test_a_second_app_needs_a_fresh_code_first(ritas):
    for answer in (ritas.get(url("enroll")), ritas.post(url("enroll"), {"name": "Second"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"{url('verify')}?next=")
    assert AuthenticatorApp.objects.count() == 1


def test_removing_and_replacing_need_a_fresh_code_too(rita, ritas):
    for path in (url("remove", rita.device), url("recovery-codes")):
        assert ritas.get(path)["Location"].startswith(url("verify"))
        assert ritas.post(path)["Location"].startswith(url("verify"))
    assert AuthenticatorApp.objects.filter(confirmed=True).count() == 1


@pytest.mark.parametrize("name", ["rename", "remove", "confirm"])
def test_somebody_elses_device_is_not_found(rita, omar, name):
    client = verify(browser_of(rita), rita)

    answer = client.post(url(name, omar.device), {"name": "Mine now", "code": rita.code(steps=1)})

    assert answer.status_code == 404
    omar.app.refresh_from_db()
    assert omar.app.name != "Mine now"


def test_the_secret_is_shown_once(nina):
    client = browser_of(nina)
    begun = client.post(url("enroll"), {"name": "Phone"})
    app = AuthenticatorApp.objects.get(user=nina.user)
    secret = app.totp().secret
    grouped = " ".join(secret[start : start + 4] for start in range(0, 32, 4))
    assert grouped in begun.content.decode()

    later = client.post(url("confirm", id_of(app)), {"code": "000000"})

    assert later.status_code == 400
    assert grouped not in later.content.decode()
    assert secret not in later.content.decode()
    assert "<svg width" not in later.content.decode()


def test_a_set_up_that_took_too_long_says_what_to_do_with_the_scanned_entry(nina, clock):
    client = browser_of(nina)
    client.post(url("enroll"), {"name": "Phone"})
    app = AuthenticatorApp.objects.get(user=nina.user)
    clock.shift(timedelta(minutes=11))

    late = client.post(url("confirm", id_of(app)), {"code": app.totp().at(people.NOON)})

    assert late.status_code == 404
    assert b"This set-up is over" in late.content
    assert b"delete the entry that you scanned" in late.content


def test_a_set_up_that_is_confirmed_twice_says_that_it_is_set_up(nina):
    client = browser_of(nina)
    client.post(url("enroll"), {"name": "Phone"})
    app = AuthenticatorApp.objects.get(user=nina.user)
    code = app.totp().at(people.NOON)
    assert client.post(url("confirm", id_of(app)), {"code": code}).status_code == 200

    again = client.post(url("confirm", id_of(app)), {"code": code})

    assert again.status_code == 409
    assert b"The authenticator app is set up." in again.content
    assert b"Recovery codes are shown only once." in again.content
    assert f'href="{url("recovery-codes")}"'.encode() in again.content


@pytest.mark.parametrize("name", ["", "a" * 65, "\x00"])
def test_a_name_that_cannot_be_is_refused_with_a_reason(nina, name):
    answer = browser_of(nina).post(url("enroll"), {"name": name})

    assert answer.status_code == 400
    assert b'id="afm-name-error"' in answer.content
    assert not AuthenticatorApp.objects.filter(user=nina.user).exists()


def test_a_name_with_markup_is_shown_as_text(rita, ritas):
    ritas.post(url("rename", rita.device), {"name": "<b>x</b>"})

    assert b"&lt;b&gt;x&lt;/b&gt;" in ritas.get(url("security")).content


@pytest.mark.parametrize(
    "before", ["x", "2026-01-01~1", "2026-13-01T00:00:00Z~1", "~", "2026-06-01T12:00:00Z~x"]
)
def test_a_position_in_the_log_that_cannot_be_is_ignored(ritas, before):
    assert ritas.get(url("log"), {"before": before}).status_code == 200


def test_the_log_shows_each_event_once_over_its_pages(rita, ritas):
    verify(ritas, rita)
    for number in range(60):
        ritas.post(url("rename", rita.device), {"name": f"Name {number}"})

    first = ritas.get(url("log"))
    more = re.search(r'href="(\?before=[^"]+)"', first.content.decode())
    second = ritas.get(url("log") + more[1])

    shown = [event["id"] for page in (first, second) for event in page.context["events"]]
    assert len(first.context["events"]) == 50
    assert sorted(shown) == sorted(AuditEvent.objects.filter(subject=rita.user).values_list("id", flat=True))


def test_the_log_says_who_did_what_to_whom(rita, ritas):
    hella = resetting.helper("hella")
    resetting.reset_by(hella, rita)

    told, done = (str(browser.get(url("log")).content) for browser in (ritas, browser_of(hella)))

    assert "Your MFA was reset" in told
    assert ">hella<" not in told
    assert "You reset somebody" in done
    assert "Your MFA was reset" not in done
    assert 'class="afm-tag">rita<' in done


def test_the_log_has_the_flows_that_its_reader_has_edited(rita, ritas):
    client = people.by_token(people.may(rita, "add_accessflow"))
    people.verified(client, rita)
    fields = {"slug": "payouts", "name": "Payouts", "require_mfa": True}
    assert client.post(people.API + "flows/", fields, format="json").status_code == 201

    assert "You created an access flow" in ritas.get(url("log")).content.decode()


def test_the_banner_is_for_those_who_have_no_device(nina, rita, refunds):
    assert b"<mfa-banner" in browser_of(nina).get("/portal/").content
    assert b'<mfa-banner data-api="/api/mfa/" hidden>' not in browser_of(nina).get("/portal/").content
    assert b'<mfa-banner data-api="/api/mfa/" hidden>' in browser_of(rita).get("/portal/").content


def test_without_a_flagged_flow_there_is_no_banner(nina):
    people.flow("open", require_mfa=False)

    assert b'<mfa-banner data-api="/api/mfa/" hidden>' in browser_of(nina).get("/portal/").content


def test_the_dialog_is_on_a_page_once(nina, refunds):
    assert browser_of(nina).get(url("security")).content.count(b"<mfa-dialog ") == 1


def test_the_banner_costs_two_statements_for_whoever_is_enrolled(rita, refunds, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert not is_enrollment_required(rita.user)


def test_the_banner_costs_one_statement_where_no_flow_requires_mfa(nina, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not is_enrollment_required(nina.user)


@pytest.mark.parametrize(
    ("policy", "ids"), [("default-src 'self'", []), ("", []), ("a\nb", ["E014"]), (7, ["E014"])]
)
def test_a_policy_that_cannot_be_a_header_is_found_by_the_checks(settings, policy, ids):
    settings.ACCESSFLOW_MFA_PAGE_CSP = policy

    assert [message.id.split(".")[1] for message in check_settings()] == ids


@pytest.mark.parametrize("route", urlpatterns, ids=lambda route: route.name)
def test_every_page_is_outside_of_the_hosts_request_transactions(route):
    assert route.callback._non_atomic_requests >= {"default"}

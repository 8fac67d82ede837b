"""Other sites and a browser: forgery, framing, script, fixation.

The open redirect is in ``test_hostile_input.py``.
"""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import reverse

from drf_accessflow_mfa.web.urls import urlpatterns as web_urlpatterns
from tests.adversarial.attack import DEVICES, VAULT, VERIFICATIONS, enroll, opens, post, verify
from tests.api.routes import EVERY
from tests.api.routes import UNSAFE as UNSAFE_CALLS
from tests.people import API
from tests.support.crowds import Crowd

pytest_plugins = ["tests.support.crowd_server"]

SOMETHING = {
    "device": "drf_accessflow_mfa.authenticatorapp-1",
    "pending": "drf_accessflow_mfa.authenticatorapp-2",
    "verification": "00000000-0000-4000-8000-000000000000",
    "flow": "production-database",
    "request": "00000000-0000-4000-8000-000000000000",
    "user": "1",
    "reset": "1",
}
UNSAFE = [(method, API + EVERY[name][0].format(**SOMETHING)) for name, method in UNSAFE_CALLS]
FORMS = [
    "/account/verify/",
    "/account/security/devices/add/",
    "/account/security/recovery-codes/",
    "/account/security/verifications/forget/",
    "/portal/flows/new/",
    "/portal/sign-out/",
]
PAGES = [
    "/account/verify/",
    "/account/security/",
    "/account/security/log/",
    "/account/security/devices/add/",
]


def forging(crowd: Crowd, person):
    """The person's browser on the page of somebody else's: its cookies, and no token of ours."""
    browser = crowd.session(person)
    browser.event_hooks["request"].clear()
    browser.headers["Origin"] = "https://evil.example"
    return browser


@pytest.mark.parametrize(("verb", "path"), UNSAFE)
def test_another_site_does_nothing_with_my_session(crowd: Crowd, verb: str, path: str) -> None:
    person = crowd.pick("administrator")
    browser = forging(crowd, person)
    text = {"Content-Type": "text/plain"}

    answers = [
        browser.request(verb, path, json={"code": crowd.code(person)}),
        browser.request(verb, path, content='{"code": "000000"}', headers=text),
        browser.request(verb, path, json={}, headers={"X-CSRFToken": "x" * 32}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert crowd.events(person) == {}
    assert post(crowd.token(person), crowd.code(person))[0] == 201


@pytest.mark.parametrize("path", FORMS)
def test_another_site_posts_no_form_of_our_pages(crowd: Crowd, path: str) -> None:
    person = crowd.pick("app")

    answer = forging(crowd, person).post(path, data={"code": crowd.code(person), "name": "x"})

    assert answer.status_code == 403
    assert crowd.events(person) == {}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_ours_is_framed_or_kept(crowd: Crowd, path: str) -> None:
    page = crowd.session(crowd.pick("newcomer")).get(path, follow_redirects=True)

    assert page.status_code == 200
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_ours_needs_or_allows_script_in_line(crowd: Crowd, path: str) -> None:
    page = crowd.session(crowd.pick("newcomer")).get(path, follow_redirects=True)
    policy = page.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", page.text)
    assert not re.search(r"<[^>]+\son[a-z]+=", page.text)
    assert not re.search(r"<[^>]+\sstyle=", page.text)


def test_a_link_that_another_site_makes_me_follow_changes_nothing(crowd: Crowd) -> None:
    person = crowd.pick("app")
    browser = crowd.session(person)
    verify(crowd, browser, person)
    before = crowd.events(person)
    kwargs = {"device_id": person.device, "verification_id": uuid4()}

    for pattern in web_urlpatterns:
        names = pattern.pattern.regex.groupindex
        path = reverse(f"drf_accessflow_mfa_web:{pattern.name}", kwargs={n: kwargs[n] for n in names})
        browser.get(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert crowd.events(person) == before
    assert opens(browser)


def through_the_page(crowd: Crowd, browser, person):
    """Verify with the form of the verify page."""
    answer = browser.post("/account/verify/", data={"code": crowd.code(person)})
    assert answer.status_code == 302


def by_enrolling(crowd: Crowd, browser, person):
    """Set up a first app, whose confirmation verifies."""
    enroll(crowd, browser)[1].raise_for_status()


@pytest.mark.parametrize(
    ("kind", "step_up"), [("app", verify), ("app", through_the_page), ("newcomer", by_enrolling)]
)
def test_a_planted_session_id_is_worth_nothing_once_its_victim_has_verified(
    crowd: Crowd, kind: str, step_up: Callable[..., object]
) -> None:
    person = crowd.pick(kind)
    victim = crowd.session(person)
    planted, csrf = victim.cookies["sessionid"], victim.cookies["csrftoken"]

    step_up(crowd, victim, person)

    attacker = crowd.server.clients.stranger()
    attacker.cookies.update({"sessionid": planted, "csrftoken": csrf})
    assert victim.cookies["csrftoken"] != csrf
    assert attacker.get(VAULT).status_code == 403
    assert opens(victim)


def test_a_session_id_that_was_chosen_by_somebody_else_is_not_taken_over(crowd: Crowd) -> None:
    person, chosen = crowd.pick("app"), "chosen0by0the0attacker0000000000"
    victim, attacker = crowd.server.clients.stranger(), crowd.server.clients.stranger()
    for client in (victim, attacker):
        client.cookies["sessionid"] = chosen
    login = {"username": person.username, "password": "accessflow-demo"}

    victim.post("/api/auth/session/", json=login).raise_for_status()

    kept = [cookie.value for cookie in victim.cookies.jar if cookie.name == "sessionid"]
    assert any(value != chosen for value in kept)
    assert attacker.get("/api/mfa/status/").json()["code"] == "not_authenticated"


def test_the_session_cookie_is_out_of_reach_of_script_and_of_other_sites(crowd: Crowd) -> None:
    person = crowd.pick("app")
    browser = crowd.session(person)

    answer = browser.post(VERIFICATIONS, json={"code": crowd.code(person)})

    [cookie] = [value for value in answer.headers.get_list("set-cookie") if value.startswith("sessionid=")]
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()


def test_no_answer_lets_another_origin_read_it(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    client.headers["Origin"] = "https://evil.example"

    answers = [client.get(VAULT), client.post(DEVICES, json={"name": "x"}), client.options(VERIFICATIONS)]

    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control-")]

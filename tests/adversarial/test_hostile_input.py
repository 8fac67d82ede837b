"""Hostile input: whatever is sent, no error 500, and nothing of it steers an answer (rule 12)."""

import csv
import io
import json
from itertools import count

import pytest

from tests.adversarial.attack import DEVICES, REFUSED, STEP, VAULT, administrator, opens, post, verify
from tests.support.crowds import Crowd, verified

pytest_plugins = ["tests.support.crowd_server"]

CODES = {
    "null": None,
    "a number": 123456,
    "a float": 1e308,
    "a boolean": True,
    "a list": ["123456"],
    "nested objects": {"code": {"code": "123456"}},
    "ten thousand digits": "1" * 10_000,
    "NUL": "12345\x00",
    "NUL alone": "\x00" * 6,
    "full-width digits": "\uff11\uff12\uff13\uff14\uff15\uff16",
    "Arabic-Indic digits": "\u0661\u0662\u0663\u0664\u0665\u0666",
    "underscores": "123_456",
    "a sign": "+123456",
    "spaces": " 123456 ",
    "a lone surrogate": "\ud800" * 6,
    "SQL": "' OR 1=1 --",
    "nothing": "",
}
_numbers = count(1)
MARKUP = "<script>alert(1)</script>\"'&amp;"


@pytest.mark.parametrize("name", CODES)
def test_whatever_is_sent_as_a_code_is_a_wrong_code_and_counts(crowd: Crowd, name: str) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)

    assert post_json(client, CODES[name]) == REFUSED
    assert sum(crowd.events(person).values()) == 1
    assert post(client, crowd.code(person))[0] == 201


def post_json(client, value):
    """Send a value as Python writes it: surrogates are escaped."""
    answer = client.post(
        "/api/mfa/verifications/",
        content=json.dumps({"code": value}),
        headers={"Content-Type": "application/json"},
    )
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("depth", [40, 100_000])
def test_a_body_of_many_nested_lists_is_refused(crowd: Crowd, depth: int) -> None:
    client = crowd.token(crowd.pick("app"))

    answer = client.post(
        "/api/mfa/verifications/",
        content='{"code": ' + "[" * depth + "]" * depth + "}",
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "name",
    ['quo"te', 'x", max_age="9999999', "line\r\nX-Injected: 1", "\u202egnp", "\u65e5\u672c", "a" * 100],
)
def test_a_flows_name_injects_nothing_into_a_header(crowd: Crowd, name: str) -> None:
    admin = administrator(crowd)
    slug = f"named-{next(_numbers)}"
    created = admin.post("/api/mfa/flows/", json={"slug": slug, "name": name, "require_mfa": True})
    assert created.status_code in {201, 400}

    answer = crowd.token(crowd.pick("app")).get(f"/api/vault/{slug}/")

    assert answer.status_code == (401 if created.status_code == 201 else 403)
    assert "x-injected" not in answer.headers
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"] == (
            'Token error="insufficient_user_authentication", '
            'error_description="A fresh second factor is required", '
            'acr_values="https://refeds.org/profile/mfa", max_age="3600"'
        )


@pytest.mark.parametrize("slug", ["a%0d%0ab", "a%22b", "%00", "..%2f", "a" * 300, "%ff"])
def test_a_hostile_slug_in_the_path_is_no_flow(crowd: Crowd, slug: str) -> None:
    client = crowd.token(crowd.pick("app"))

    answers = [client.get(f"/api/vault/{slug}/"), client.get(f"/api/mfa/flows/{slug}/requirement/")]

    assert {answer.status_code for answer in answers} <= {400, 403, 404}


def test_a_formula_in_the_log_is_text_in_its_export(crowd: Crowd) -> None:
    person = crowd.pick("app")
    session = crowd.session(person)
    session.headers["User-Agent"] = "=HYPERLINK(1)"
    verify(crowd, session, person)
    session.patch(f"{DEVICES}{person.device}/", json={"name": "=1+cmd|' /C calc'!A0"}).raise_for_status()

    export = session.get("/portal/activity/export/")

    rows = list(csv.reader(io.StringIO(export.text)))
    assert export.status_code == 200
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert "attachment" in export.headers["Content-Disposition"]


def test_markup_in_names_is_text_on_every_page(crowd: Crowd) -> None:
    person = crowd.pick("app")
    session = crowd.session(person)
    verify(crowd, session, person)
    session.patch(f"{DEVICES}{person.device}/", json={"name": MARKUP}).raise_for_status()
    session.headers["User-Agent"] = MARKUP

    pages = [session.get(f"/account/{page}/") for page in ("security", "verify")]
    pages.append(session.get("/portal/activity/"))

    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_markup_in_a_justification_is_text_for_whoever_decides(crowd: Crowd) -> None:
    rita = crowd.server.clients.session("rita")
    body = {"flow": "staging-logs", "duration": 60, "justification": MARKUP}

    opened = rita.post("/api/mfa/requests/", json=body)

    assert opened.status_code == 201
    page = rita.get("/portal/requests/")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    rita.post(f"/api/mfa/requests/{opened.json()['id']}/cancellation/")


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil.example",
     "https:evil.example", "http://user@evil.example/", "/\r\nX-Injected: 1"],
)  # fmt: skip
def test_after_verifying_the_browser_goes_to_no_other_host(crowd: Crowd, target: str) -> None:
    person = crowd.pick("app")
    browser = crowd.session(person)

    answer = browser.post(
        "/account/verify/",
        params={"next": target},
        data={
            "code": crowd.code(person),
            "next": target,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        },
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert "evil.example" not in answer.headers["Location"]
    assert "x-injected" not in answer.headers


def test_look_alike_user_names_share_nothing(crowd: Crowd) -> None:
    """A budget and a verification belong to a key, not to a spelling."""
    client, person = verified(crowd, "app")

    for name in (f"{person.username} ", person.username.upper(), f"\uff41{person.username[1:]}"):
        login = {"username": name, "password": "accessflow-demo"}
        answer = crowd.server.clients.stranger().post("/api/auth/token/", json=login)
        if answer.status_code == 200:
            assert f"Token {answer.json()['token']}" == client.headers["Authorization"]
    crowd.server.pass_time(STEP)
    assert opens(client, VAULT)

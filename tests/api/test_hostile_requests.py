"""Hostile methods, paths, query strings, cursors and headers."""

import base64
from urllib.parse import urlencode

import pytest

from drf_accessflow_mfa.models import AuditEvent
from tests.api.routes import CALLS, EVERY, METHODS, UNSAFE, assert_is_refusal, root, url_of
from tests.people import API, BY, by_session, enrolled, flow, stranger, verified

pytestmark = pytest.mark.django_db
OVERRIDES = {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_X_METHOD_OVERRIDE": "DELETE"}


@pytest.fixture
def client(clock):
    return root()


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_an_endpoint_does_not_know_is_refused(client, name, method):
    known = EVERY[name][1] | {"OPTIONS"} | ({"HEAD"} if "GET" in EVERY[name][1] else set())
    if method in known:
        return

    answer = client.generic(method, url_of(name))

    if method == "HEAD":
        assert answer.status_code == 405
    else:
        assert assert_is_refusal(answer, 405)["code"] == "method_not_allowed"


@pytest.mark.parametrize(("name", "method"), CALLS)
def test_a_stranger_is_told_nothing_but_that_they_are_one(name, method, clock):
    root()
    bodies = set()
    for path in (url_of(name), url_of(name).replace("refunds", "nothing")):
        answer = stranger().generic(method, path, b"{}", content_type="application/json")
        assert_is_refusal(answer, 401, 403)
        bodies.add(answer.content)
        assert "insufficient" not in answer.headers.get("WWW-Authenticate", "")

    assert bodies == {
        b'{"detail":"Authentication credentials were not provided.","code":"not_authenticated"}'
    }


@pytest.mark.parametrize("name", EVERY)
def test_a_method_override_changes_nothing(client, name):
    if "GET" in EVERY[name][1]:
        assert client.get(url_of(name), **OVERRIDES).status_code == 200
        assert client.get(url_of(name), {"_method": "DELETE"}, **OVERRIDES).status_code in (200, 400)


@pytest.mark.parametrize(("name", "method"), UNSAFE)
def test_a_session_needs_a_csrf_token_for_every_unsafe_call(clock, name, method):
    root()
    browser = by_session(enrolled("rita"), enforce_csrf_checks=True)
    before = AuditEvent.objects.count()

    answers = [
        browser.generic(method, url_of(name), b'{"code": "1", "name": "x"}', content_type=content_type)
        for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded")
    ]

    for answer in answers:
        assert assert_is_refusal(answer, 403)["code"] == "permission_denied"
        assert "CSRF" in answer.json()["detail"]
    assert AuditEvent.objects.count() == before


CURSORS = {
    "no base64": "%%%",
    "not ascii": "\u0661\u0662",
    "NUL": "\x00",
    "long": "A" * 5_000,
    "empty": "",
    **{
        f"position {position}": base64.b64encode(urlencode({"p": position}).encode()).decode()
        for position in (
            "",
            "x",
            "\x00",
            "a\x00b",
            "'; DROP TABLE x; --",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-13-45",
            "2026-01-01 00:00:00+99:99",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "0000-00-00",
            "1e999",
            "9" * 400,
            "\ud7ff\uff11",
            "../../etc/passwd",
            "x" * 10_000,
        )
    },
    **{
        f"offset {offset}": base64.b64encode(
            urlencode({"o": offset, "p": "2026-01-01 00:00:00+00:00"}).encode()
        ).decode()
        for offset in ("-1", "x", "1e9", "9" * 400, "9" * 5000, "1001", "")
    },
    "reversed": base64.b64encode(b"r=1&p=2026-01-01+00%3A00%3A00%2B00%3A00").decode(),
    "reversed without a position": base64.b64encode(b"r=1").decode(),
    "many positions": base64.b64encode(b"p=1&p=2&p[]=3").decode(),
    "lone bytes": base64.b64encode(b"p=\xff\xfe").decode(),
    "brackets": base64.b64encode(b"p=%00&o=%00&r=%00").decode(),
}


@pytest.mark.parametrize("name", ["audit-events", "flows"])
@pytest.mark.parametrize("cursor", list(CURSORS.values()), ids=list(CURSORS))
def test_a_hostile_cursor_is_refused_or_finds_nothing_worse(client, name, cursor):
    answer = client.get(url_of(name), {"cursor": cursor})

    if answer.status_code != 200:
        assert_is_refusal(answer, 404, 400)
    assert answer.headers["Cache-Control"] == "no-store"


QUERIES = {
    "kind": ["x", "", "mfa.verified\x00", "MFA.VERIFIED"],
    "outcome": ["x", "", "1"],
    "actor": ["\x00", "x" * 255, "", "nobody", "' OR 1=1 --", "\u202e", "\ud7ff"],
    "subject": ["\x00", "x" * 255, "", "nobody"],
    "flow": ["a b", "\x00", "x" * 101, "", "\u0661"],
    "since": ["x", "", "2026", "1e999", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\x00"],
    "until": ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30", "9" * 400],
    "page_size": ["0", "-1", "x", "9" * 400, "9" * 5000, "1e9", "\u0661"],
    "ordering": ["user__password", "-id", "?"],
    "subject__password__startswith": ["md5"],
    "format": ["xml", "api", "\x00"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in QUERIES for value in QUERIES[field]]
)
def test_a_hostile_query_parameter_is_refused_or_ignored(client, field, value):
    for name in ("audit-events", "flows", "status"):
        answer = client.get(url_of(name), {field: value})

        if answer.status_code != 200:
            assert_is_refusal(answer, 400, 404)
        assert answer.headers["Cache-Control"] == "no-store"


MATCHING_IDS = {
    "devices": [
        "auth.user-1",
        "x-0",
        "otp_totp.totpdevice-999999999999999999",
        ".-1",
        "a.b-000000000000000001",
    ],
    "verifications": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "flows": ["nothing", "-", "a" * 10_000],
    "resets": ["0", "9" * 30, "9" * 400],
}
ABSURD_IDS = {
    "devices": [
        "0",
        "-1",
        "x",
        "%00",
        "drf_accessflow_mfa.authenticatorapp-" + "9" * 400,
        "a%0d%0ab-1",
        "é-1",
    ],
    "verifications": ["1", "x" * 36, "%00", "00000000-0000-0000-0000-00000000000g"],
    "flows": ["a%20b", "%00", "é", "a%0d%0aSet-Cookie:b", "%22"],
    "requests": ["1", "x" * 36, "%00", "00000000-0000-0000-0000-00000000000g"],
    "resets": ["x", "-1", "1.0", "9" * 5_000, "%00", "\u0661"],
}


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name in MATCHING_IDS for key in MATCHING_IDS[name]]
)
def test_an_id_that_does_not_exist_is_not_found(client, name, key):
    for method in ("PATCH", "DELETE"):
        if method == "PATCH" and name in ("verifications", "resets"):
            continue
        answer = client.generic(
            method, f"{API}{name}/{key}/", b'{"name": "x"}', content_type="application/json"
        )

        assert assert_is_refusal(answer, 404)["code"] == "not_found"


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in ABSURD_IDS for key in ABSURD_IDS[name]])
def test_an_id_that_no_route_reads_is_not_found(client, name, key):
    answer = client.delete(f"{API}{name}/{key}/")

    assert answer.status_code == 404


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense", "*/*;q=0", ""])
def test_an_answer_is_json_whatever_is_accepted(client, accept):
    for name, method in CALLS:
        if method == "GET":
            answer = client.get(url_of(name), HTTP_ACCEPT=accept)
            assert answer.status_code in (200, 406)
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", BY)
def test_a_hostile_user_agent_is_one_short_line_in_the_log(clock, kind):
    rita = enrolled("rita")
    flow("refunds")
    client = BY[kind](rita)
    client.defaults = {
        "HTTP_USER_AGENT": "a\r\nb\x1b[31m\u202e\u2028\x85" + "x" * 1000,
        "REMOTE_ADDR": "nonsense",
    }

    verified(client, rita)

    event = AuditEvent.objects.get(kind="mfa.verified")
    assert event.ip is None
    assert event.user_agent.startswith("a??b?[31m???x")
    assert len(event.user_agent) == 256

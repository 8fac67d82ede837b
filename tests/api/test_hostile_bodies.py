"""Bodies that no client of good will sends: a refusal in JSON, and never an error 500."""

import bz2
import json
import zlib

import pytest

from tests.api.routes import NEEDS_NO_BODY, WITH_BODY, assert_is_refusal, root, url_of

pytestmark = pytest.mark.django_db
CALLS_WITH_BODY = [pytest.param(*call, id="-".join(call)) for call in WITH_BODY]
ALL_IS_OPTIONAL = {"flow", "revocation", "extension"}

NO_OBJECTS = {
    "null": "null",
    "true": "true",
    "number": "7",
    "infinity": "1e999",
    "huge integer": "1" + "0" * 400,
    "integer beyond parsing": "9" * 5000,
    "string": '"123456"',
    "list": '["123456"]',
    "empty list": "[]",
    "NaN": "NaN",
    "nothing but a brace": "{",
    "single quotes": "{'code': '123456'}",
    "trailing comma": '{"code": "123456",}',
    "two objects": '{"code": "1"}{"code": "2"}',
    "NUL": "\x00",
    "byte order mark": '\ufeff{"code": "1"}',
    "200,000 arrays": "[" * 200_000,
    "15,000 closed arrays": "[" * 15_000 + "]" * 15_000,
    "6,000 nested objects": '{"a":' * 6_000 + "1" + "}" * 6_000,
    "nested in the code": '{"code":' + "[" * 15_000 + "]" * 15_000 + "}",
    "33 deep": '{"code":' + "[" * 40 + "]" * 40 + "}",
}
NO_UTF8 = {
    "invalid UTF-8": b'{"code": "\xff\xfe"}',
    "overlong UTF-8": b'{"code": "\xc0\xae"}',
    "surrogates in UTF-8": b'{"code": "\xed\xa0\x80"}',
    "UTF-16": '{"code": "123456"}'.encode("utf-16"),
    "latin-1": '{"code": "ä"}'.encode("latin-1"),
    "five megabytes": b'{"code": "' + b"1" * 5_000_000 + b'"}',
    "five megabytes of spaces": b" " * 5_000_000 + b'{"code": "123456"}',
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 100,
}


@pytest.fixture
def client(db, clock):
    return root()


@pytest.mark.parametrize(("name", "method"), CALLS_WITH_BODY)
def test_a_body_that_is_no_json_object_is_refused(client, name, method):
    url = url_of(name)
    for body in [*map(str.encode, NO_OBJECTS.values()), *NO_UTF8.values()]:
        answer = client.generic(method, url, body, content_type="application/json")

        assert assert_is_refusal(answer, 400)["code"] == "parse_error", body[:80]


CHARSETS = [
    *("rot13", "zlib", "bz2", "hex", "base64", "uu", "quopri", "idna", "punycode", "undefined"),
    "unicode_escape",
    "utf-7",
    "utf-16",
    "utf-32",
    "nonsense",
    "mbcs",
    "\u0661",
]


@pytest.mark.parametrize(("name", "method"), CALLS_WITH_BODY)
def test_the_charset_of_a_body_cannot_choose_another_decoder(client, name, method):
    url = url_of(name)
    for charset in CHARSETS:
        answer = client.generic(method, url, b"[1]", content_type=f"application/json; charset={charset}")

        assert_is_refusal(answer, 400, 415)


@pytest.mark.parametrize(("charset", "compress"), [("bz2", bz2.compress), ("zlib", zlib.compress)])
def test_a_compressed_body_is_never_unpacked(client, charset, compress):
    body = compress(json.dumps({"code": "1", "padding": " " * 4_000_000}).encode())
    assert len(body) < 32 * 1024

    answer = client.generic(
        "POST", url_of("verifications"), body, content_type=f"application/json; charset={charset}"
    )

    assert assert_is_refusal(answer, 400, 415)["code"] in ("parse_error", "unsupported_media_type")


@pytest.mark.parametrize(("name", "method"), CALLS_WITH_BODY)
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/octet-stream",
        "application/merge-patch+json",
        "nonsense",
        ";",
        "application/jsonp",
    ],
)
def test_another_content_type_is_refused(client, name, method, content_type):
    answer = client.generic(
        method, url_of(name), b'{"code": "123456", "name": "x"}', content_type=content_type
    )

    assert_is_refusal(answer, 415, 400)


@pytest.mark.parametrize(("name", "method"), CALLS_WITH_BODY)
def test_an_empty_body_is_refused(client, name, method):
    if name in NEEDS_NO_BODY | ALL_IS_OPTIONAL:
        return

    for content_type in ("application/json", "application/x-www-form-urlencoded", "text/plain", ""):
        assert_is_refusal(client.generic(method, url_of(name), b"", content_type=content_type), 400, 415)


def test_a_form_post_of_a_right_code_is_refused_and_spends_nothing(clock):
    from tests.people import by_token, enrolled, post_code

    rita = enrolled("rita")
    client = by_token(rita)

    form = client.post("/api/mfa/verifications/", {"code": rita.code()})

    assert form.status_code == 415
    assert post_code(client, rita.code()).status_code == 201


def test_a_body_of_exactly_the_bound_is_still_read(client):
    body = b'{"name": "' + b"x" * (32 * 1024 - 12) + b'"}'
    assert len(body) == 32 * 1024

    read = client.generic("POST", url_of("devices"), body, content_type="application/json")
    refused = client.generic("POST", url_of("devices"), body + b" ", content_type="application/json")

    assert assert_is_refusal(read, 400)["code"] == "invalid"
    assert assert_is_refusal(refused, 400)["code"] == "parse_error"


def test_of_two_codes_in_one_body_at_most_one_is_judged(clock):
    from tests.people import by_token, enrolled

    rita = enrolled("rita")
    body = f'{{"code": "{rita.code()}", "code": "{rita.wrong_code()}"}}'

    answer = by_token(rita).generic(
        "POST", "/api/mfa/verifications/", body.encode(), content_type="application/json"
    )

    assert (answer.status_code, rita.budget()) == (400, (1, 1))

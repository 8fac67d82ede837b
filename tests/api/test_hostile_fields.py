"""Fields of the wrong type, size and alphabet."""

import json

import pytest

from drf_accessflow_mfa.models import AccessFlow
from tests.api.routes import assert_is_refusal, root, url_of
from tests.people import API, by_token, enrolled

VALUES = {
    "null": "null",
    "true": "true",
    "zero": "0",
    "minus": "-1",
    "float": "1.5",
    "infinity": "1e999",
    "minus infinity": "-1e999",
    "big float": "1e300",
    "beyond timedelta": "1000000000000000",
    "10**400": "1" + "0" * 400,
    "empty": '""',
    "space": '" "',
    "number in a string": '"60"',
    "long": json.dumps("x" * 20_000),
    "10,000 digits": json.dumps("1" * 10_000),
    "NUL": '"a\\u0000b"',
    "lone surrogate": '"a\\ud800b"',
    "full-width": json.dumps("\uff11\uff12\uff13\uff14\uff15\uff16"),
    "CR LF": json.dumps("a\r\nSet-Cookie: b=c"),
    "quotes": json.dumps('a", max_age="9'),
    "markup": json.dumps("<script>alert(1)</script>"),
    "formula": json.dumps("=cmd|' /C calc'!A0"),
    "list": "[]",
    "list of one": '["123456"]',
    "nested": '[[[{"a": [null]}]]]',
    "object": "{}",
    "object with a code": '{"code": "123456"}',
    "operator": '{"$ne": null}',
}
FIELDS = {
    "devices": ("POST", {"name": '"phone"'}),
    "device": ("PATCH", {"name": '"phone"'}),
    "confirmation": ("POST", {"code": '"123456"'}),
    "verifications": ("POST", {"code": '"123456"', "device": "null"}),
    "flows": (
        "POST",
        {
            "slug": '"new"',
            "name": '"New"',
            "description": '""',
            "is_active": "true",
            "require_mfa": "true",
            "mfa_max_age": "60",
            "mfa_scope": '"user"',
            "acr": '"phr"',
        },
    ),
    "flow": (
        "PATCH",
        {
            "name": '"New"',
            "description": '""',
            "is_active": "true",
            "require_mfa": "true",
            "mfa_max_age": "60",
            "mfa_scope": '"credential"',
            "acr": '"phr"',
        },
    ),
    "user-reset": ("POST", {"reason": '"lost phone"'}),
}
CASES = [
    pytest.param(name, method, field, id=f"{name}-{field}")
    for name, (method, fields) in FIELDS.items()
    for field in fields
]


@pytest.fixture
def client(db, clock, settings):
    settings.ACCESSFLOW_MFA_LOCK_AFTER = settings.ACCESSFLOW_MFA_LOCK_DAILY = 10**6
    return root()


@pytest.mark.parametrize(("name", "method", "field"), CASES)
def test_no_value_of_a_field_makes_an_error_500(client, name, method, field):
    url = url_of(name)
    for case, value in VALUES.items():
        body = ", ".join(f'"{key}": {good}' for key, good in {**FIELDS[name][1], field: value}.items())

        answer = client.generic(method, url, f"{{{body}}}".encode(), content_type="application/json")

        if answer.status_code >= 300:
            assert_is_refusal(answer, 400, 409)
        else:
            assert answer.headers["Cache-Control"] == "no-store", case
        AccessFlow.objects.filter(slug="new").delete()


@pytest.mark.parametrize("value", [value for value in VALUES.values() if value not in ("true",)])
@pytest.mark.parametrize("field", ["require_mfa", "is_active"])
def test_a_switch_is_true_or_false_and_is_not_guessed(client, field, value):
    answer = client.generic(
        "PATCH", url_of("flow"), f'{{"{field}": {value}}}'.encode(), content_type="application/json"
    )

    assert_is_refusal(answer, 400)
    assert AccessFlow.objects.filter(require_mfa=True, is_active=True).exists()


@pytest.mark.parametrize("value", ["0", "-1", "86401", "1.5", "1e999", '"PT1H"', "1" + "0" * 30, '"x"', "[]"])
def test_an_age_limit_out_of_range_is_refused(client, value):
    answer = client.generic(
        "PATCH", url_of("flow"), f'{{"mfa_max_age": {value}}}'.encode(), content_type="application/json"
    )

    assert set(assert_is_refusal(answer, 400)["errors"]) == {"mfa_max_age"}


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_whatever_is_sent_as_a_code_is_a_wrong_code_and_is_counted(clock, db, value):
    rita = enrolled("rita")

    answer = by_token(rita).generic(
        "POST",
        API + "verifications/",
        f'{{"code": {value}}}'.encode(),
        content_type="application/json",
    )

    assert assert_is_refusal(answer, 400) == {"detail": "The code was not accepted.", "code": "mfa_failed"}
    assert rita.budget() == (1, 1)


@pytest.mark.parametrize(
    "value", [value for value in VALUES.values() if value not in ("null", "1e999", "-1e999")]
)
def test_whatever_is_sent_as_a_device_is_no_device_and_is_counted(clock, db, value):
    rita = enrolled("rita")

    answer = by_token(rita).generic(
        "POST",
        API + "verifications/",
        f'{{"code": "{rita.code()}", "device": {value}}}'.encode(),
        content_type="application/json",
    )

    assert assert_is_refusal(answer, 400)["code"] == "mfa_failed"
    assert rita.budget() == (1, 1)


def test_a_missing_code_is_a_malformed_request(clock, db):
    answer = by_token(enrolled("rita")).post(API + "verifications/", {"Code": "123456"}, format="json")

    body = assert_is_refusal(answer, 400)
    assert (body["code"], list(body["errors"])) == ("invalid", ["code"])

"""``WWW-Authenticate`` as RFC 9110 has it, read alike by Python and by JavaScript."""

import json

import pytest

from drf_accessflow_mfa.client.header import parse_challenges
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.challenge import DESCRIPTION, ERROR
from tests.client.node import run_node

Expected = list[tuple[str, str, dict[str, str]]]
FIELDS: list[tuple[str, Expected]] = [
    ("", []),
    (" , ,", []),
    ("Basic", [("basic", "", {})]),
    ("Negotiate, Basic", [("negotiate", "", {}), ("basic", "", {})]),
    ('Basic realm="simple"', [("basic", "", {"realm": "simple"})]),
    ('BASIC Realm = "a" , charset=UTF-8', [("basic", "", {"realm": "a", "charset": "UTF-8"})]),
    (
        'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
        [
            ("newauth", "", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
            ("basic", "", {"realm": "simple"}),
        ],
    ),
    (
        'Negotiate YWJj==, Bearer error="invalid_token"',
        [("negotiate", "YWJj==", {}), ("bearer", "", {"error": "invalid_token"})],
    ),
    (
        f'Basic realm="a, Bearer error=\\"{ERROR}\\""',
        [("basic", "", {"realm": f'a, Bearer error="{ERROR}"'})],
    ),
    (f"Bearer error={ERROR}, max_age=60", [("bearer", "", {"error": ERROR, "max_age": "60"})]),
    ('Bearer error=""', [("bearer", "", {"error": ""})]),
    ('Bearer ,, error="a",,, max_age=1 ,', [("bearer", "", {"error": "a", "max_age": "1"})]),
    ('Bearer scope="a\\\\b"', [("bearer", "", {"scope": "a\\b"})]),
]

BROKEN = [
    'Bearer error="a" max_age="1"',
    'Bearer error="a", error="b"',
    'Bearer error="a", ERROR="b"',
    'Bearer error="a',
    'Bearer error="a\\"',
    "Bearer abc=, error=a",
    'error="insufficient_user_authentication"',
    'Bearer "error"',
    "Bearer error=a b",
    "=",
    "Bearer (comment)",
    f'Basic realm="x"; Bearer error="{ERROR}"',
]


@pytest.mark.parametrize(("field", "expected"), FIELDS)
def test_a_field_is_read_as_its_challenges(field: str, expected: Expected) -> None:
    found = parse_challenges(field)

    assert [(one.scheme, one.token, one.parameters) for one in found] == expected


@pytest.mark.parametrize("field", BROKEN)
def test_a_field_that_breaks_the_grammar_has_no_challenge(field: str) -> None:
    assert parse_challenges(field) == []


def test_our_own_challenge_is_read_whole() -> None:
    field = (
        f'Token error="{ERROR}", error_description="{DESCRIPTION}", acr_values="{Acr.MFA}", max_age="3600"'
    )

    [found] = parse_challenges(field)

    assert found.parameters == {
        "error": ERROR,
        "error_description": DESCRIPTION,
        "acr_values": Acr.MFA,
        "max_age": "3600",
    }


def test_a_long_hostile_field_is_read_in_no_time() -> None:
    assert parse_challenges('Bearer a="' + "\\" * 100_000) == []
    assert parse_challenges("Bearer " + "a" * 100_000 + " =") == []
    assert (
        len(parse_challenges("Bearer " + ", ".join(f"p{n}=1" for n in range(10_000)))[0].parameters) == 10_000
    )


@pytest.mark.needs("node")
def test_javascript_reads_every_field_alike() -> None:
    fields = [field for field, _ in FIELDS] + BROKEN

    found = run_node("parse", fields=fields)

    assert found == json.loads(json.dumps([expected for _, expected in FIELDS] + [[] for _ in BROKEN]))

"""Signatures of webhooks, their entries in the settings, and the waits between attempts."""

from datetime import UTC, datetime, timedelta

import pytest

from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.domain.webhook import (
    MOST_ATTEMPTS,
    SIGNATURE_HEADER,
    WEBHOOK_KINDS,
    endpoint_of,
    find_next_attempt,
    is_genuine_webhook,
    sign_webhook,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NEW, OLD = "n" * 32, "o" * 32
BODY = b'{"kind":"mfa.verified"}'
URL = "https://siem.example/hook?source=mfa"
SECOND = timedelta(seconds=1)


def genuine(header, body=BODY, secrets=(NEW,), now=NOON, **options):
    return is_genuine_webhook(header, body, secrets=secrets, now=now, **options)


def test_the_header_has_the_documented_form():
    # printf '1780315200.{"kind":"mfa.verified"}' | openssl dgst -sha256 -hmac "$NEW"
    assert sign_webhook(BODY, secrets=[NEW], now=NOON) == (
        "t=1780315200,v1=4f63e5cfa0ae70933fedb62f1c83e7cba36ba3ff37480cb8d3397698fe650c33"
    )


def test_a_header_has_one_signature_for_each_secret_and_either_is_enough():
    header = sign_webhook(BODY, secrets=[NEW, OLD], now=NOON)

    assert header.count("v1=") == 2
    assert genuine(header, secrets=[NEW])
    assert genuine(header, secrets=[OLD])
    assert not genuine(header, secrets=["x" * 32])


def test_a_receiver_may_know_several_secrets_too():
    assert genuine(sign_webhook(BODY, secrets=[OLD], now=NOON), secrets=[NEW, OLD])
    assert not genuine(sign_webhook(BODY, secrets=[OLD], now=NOON), secrets=[])


def test_a_changed_body_or_time_is_not_genuine():
    header = sign_webhook(BODY, secrets=[NEW], now=NOON)

    assert not genuine(header, body=BODY + b" ")
    assert not genuine(header.replace("t=1780315200", "t=1780315201"))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_tolerance_is_inclusive_and_holds_in_both_directions(sign):
    header = sign_webhook(BODY, secrets=[NEW], now=NOON)

    assert genuine(header, now=NOON + sign * 300 * SECOND)
    assert not genuine(header, now=NOON + sign * 301 * SECOND)
    assert not genuine(header, now=NOON + sign * 11 * SECOND, tolerance=10 * SECOND)


@pytest.mark.parametrize(
    "header",
    [
        *("", "v1=aa", "t=", "t=1780315200", "t=1780315200,v1=", "t=x,v1=aa", "t=٣,v1=aa", "t=-1,v1=aa"),
        *("t=" + "9" * 12 + ",v1=aa", "t=" + "9" * 5000 + ",v1=aa", "t=1780315200,v1=é", ",,==,", "\x00"),
    ],
)
def test_a_header_that_cannot_be_read_is_not_genuine(header):
    assert not genuine(header)


def test_two_times_in_one_header_are_not_genuine():
    header = sign_webhook(BODY, secrets=[NEW], now=NOON)

    assert not genuine("t=1780315100," + header)


def test_the_kinds_are_every_transition_of_a_request_and_three_of_mfa():
    others = {kind for kind in EventKind if not kind.startswith("request.")} & WEBHOOK_KINDS

    assert others == {EventKind.MFA_VERIFIED, EventKind.MFA_FAILED, EventKind.MFA_LOCKED}
    assert {kind for kind in EventKind if kind.startswith("request.")} < WEBHOOK_KINDS


def test_an_entry_becomes_an_endpoint_that_does_not_show_its_secrets():
    endpoint = endpoint_of({"url": URL, "secrets": [NEW, OLD], "events": ["mfa.failed"]})

    assert (endpoint.url, endpoint.secrets, endpoint.kinds) == (URL, (NEW, OLD), {EventKind.MFA_FAILED})
    assert endpoint.is_private
    assert NEW not in repr(endpoint)


def test_a_star_stands_for_every_kind():
    assert endpoint_of({"url": URL, "secrets": [NEW], "events": ["*"]}).kinds == WEBHOOK_KINDS


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("https://siem.example/", True),
        ("http://siem.example/", False),
        ("http://127.0.0.1:8000/", True),
        ("http://localhost/", True),
        ("http://[::1]/", True),
        ("http://localhost.example/", False),
    ],
)
def test_only_https_and_this_machine_are_private(url, is_private):
    assert endpoint_of({"url": url, "secrets": [NEW], "events": ["*"]}).is_private is is_private


@pytest.mark.parametrize(
    "change",
    [
        *({"url": url} for url in (None, "", "siem.example", "ftp://x/", "file:///etc/passwd", "https://")),
        *({"url": url} for url in ("https://a:b@x/", "https://x/ y", "https://x/\n", "https://é/")),
        {"url": "https://x/" + "y" * 500},
        *({"secrets": secrets} for secrets in (None, [], NEW, ["short"], [NEW, "short"], [b"n" * 32])),
        *({"events": kinds} for kinds in (None, [], "*", ["mfa.typo"], ["device.enrolled"], [1])),
        {"more": 1},
    ],
)
def test_an_entry_that_cannot_be_used_is_refused_without_showing_a_secret(change):
    with pytest.raises(ValueError, match="must") as caught:
        endpoint_of({"url": URL, "secrets": [NEW], "events": ["*"], **change})

    assert "short" not in str(caught.value)


def test_the_waits_double_up_to_six_hours_and_end():
    waits = [find_next_attempt(attempts, now=NOON) for attempts in range(1, MOST_ATTEMPTS + 1)]

    assert [(at - NOON).total_seconds() for at in waits[:3]] == [30, 60, 120]
    assert waits[-2] - NOON == timedelta(hours=6)
    assert waits[-1] is None
    total = sum((at - NOON for at in waits[:-1]), timedelta())
    assert timedelta(hours=32) < total < timedelta(hours=33)


def entry(**fields):
    return {"url": URL, "secrets": [NEW], "events": ["*"], **fields}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        7,
        ["url", "secrets", "events"],
        entry(secrets=[NEW, 7]),
        entry(events=["*", 7]),
        entry(url="https://siem.example/" + "x" * 480),
    ],
)
def test_whatever_stands_in_the_settings_is_refused_as_an_entry(wrong):
    with pytest.raises(ValueError, match="must"):
        endpoint_of(wrong)


def test_a_url_of_500_characters_and_a_list_of_all_kinds_are_fine():
    url = "https://siem.example/" + "x" * 479

    endpoint = endpoint_of(entry(url=url, events=["*", *WEBHOOK_KINDS]))

    assert len(endpoint.url) == 500
    assert endpoint.kinds == WEBHOOK_KINDS


def test_the_header_is_called_as_documented():
    assert SIGNATURE_HEADER == "AccessFlow-Signature"


@pytest.mark.parametrize("times", ["t=\xb2", "t=\u0661", "t=", "t=-1"])
def test_a_time_that_is_no_number_is_not_genuine_and_no_error(times):
    header = sign_webhook(BODY, secrets=[NEW], now=NOON)

    assert not genuine(header.replace("t=1780315200", times))


def test_a_signature_under_another_name_is_none():
    header = sign_webhook(BODY, secrets=[NEW], now=NOON)

    assert not genuine(header.replace("v1=", "v0="))

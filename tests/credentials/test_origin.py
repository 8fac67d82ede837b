"""Where a request came from, as the audit log keeps it: an address or nothing, one line of text."""

import pytest
from django.test import RequestFactory

from drf_accessflow_mfa.credentials import origin_of
from drf_accessflow_mfa.domain.events import Source


def origin(**meta):
    return origin_of(RequestFactory().get("/", **meta), source=Source.WEB)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
        ("192.0.2.7, 198.51.100.1", None),
    ],
)
def test_an_address_is_kept_as_one_and_anything_else_is_not(address, kept):
    assert origin(REMOTE_ADDR=address).ip == kept


def test_a_resolver_that_knows_no_address_is_no_error(settings):
    settings.ACCESSFLOW_MFA_CLIENT_IP = lambda request: None

    assert origin().ip is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [("curl/8.5", "curl/8.5"), ("a\r\nb\x1b[0m\u2028c", "a??b?[0m?c"), ("", ""), ("x" * 300, "x" * 256)],
)
def test_a_user_agent_is_one_short_line(text, kept):
    found = origin(HTTP_USER_AGENT=text)

    assert found.user_agent == kept
    assert found.source is Source.WEB

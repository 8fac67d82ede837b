"""Where one is verified: told apart by address and browser."""

import pytest
from django.test import Client
from django.urls import reverse

from drf_accessflow_mfa.web.wording import browser_name
from tests.people import STEP

SECURITY = reverse("drf_accessflow_mfa_web:security")
VERIFY = reverse("drf_accessflow_mfa_web:verify")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)


def browser_of(person, *, agent, address):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.force_login(person.user)
    return client


def test_each_session_is_listed_with_the_browser_and_address_that_verified(rita, clock):
    first = browser_of(rita, agent=FIREFOX, address="192.0.2.7")
    second = browser_of(rita, agent=EDGE, address="2001:db8::9")
    for client in (first, second):
        client.post(VERIFY, {"code": rita.code()})
        clock.shift(STEP)

    page = first.get(SECURITY).content.decode()

    assert "<bdi>Firefox, Linux</bdi> · <bdi>192.0.2.7</bdi>" in page
    assert "<bdi>Edge, Windows</bdi> · <bdi>2001:db8::9</bdi>" in page


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (SAFARI, "Safari, iPhone"),
        (CHROME, "Chrome, Android"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("curl/8.14.1", "curl"),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent, name):
    assert browser_name(agent) == name

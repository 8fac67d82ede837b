"""The journey with each kind of credential: by curl, and by our own client."""

from datetime import timedelta

import httpx
import pytest

from drf_accessflow_mfa.client import StepUpAuth
from tests.journeys.curl import cookies_in, csrf_of, curl, headers_of
from tests.support.authenticators import PyOTP

pytestmark = [pytest.mark.needs("curl"), pytest.mark.parametrize("database", ["sqlite"])]

SCHEMES = {
    "session": "Session",
    "token": "Token",
    "basic": "Basic",
    "knox": "Knox",
    "jwt": "Bearer",
    "oauth2": "Bearer",
}
VAULT = "/api/vault/production-database/"
STEP = timedelta(seconds=30)


class Traveller:
    """Omar, who enrolls once and then goes the same way with every credential."""

    def __init__(self, server):
        self.server = server
        self.clients = server.clients
        client = self.clients.token("omar")
        begun = client.post("/api/mfa/devices/", json={"name": "phone"}).json()
        self.app = PyOTP(begun["otpauth_uri"])
        confirmation = f"/api/mfa/devices/{begun['id']}/confirmation/"
        client.post(confirmation, json={"code": self.app.code_at(server.now())}).raise_for_status()
        # So that the token, which all its clients share, starts unverified too.
        client.delete("/api/mfa/verifications/").raise_for_status()

    def code(self, challenge=None):
        self.server.pass_time(STEP)
        return self.app.code_at(self.server.now())

    def log_in(self, kind):
        return getattr(self.clients, kind)("omar")


@pytest.fixture
def traveller(example_server):
    return Traveller(example_server)


def test_by_curl(traveller):
    for kind, scheme in SCHEMES.items():
        headers = headers_of(traveller.log_in(kind))
        base = traveller.server.base_url

        challenged, head = curl(base + VAULT, headers)
        assert head.startswith("HTTP/1.1 401"), (kind, head)
        assert f'{scheme} error="insufficient_user_authentication"' in head
        assert challenged["code"] == "mfa_required"

        verified, head = curl(base + challenged["verify_url"], headers, {"code": traveller.code()})
        assert head.startswith("HTTP/1.1 201"), (kind, head, verified)
        if kind == "session":
            headers["Cookie"] = cookies_in(head)

        opened, head = curl(base + VAULT, headers)
        assert head.startswith("HTTP/1.1 200"), (kind, head)
        assert opened["opened_by"] == "omar"


def test_by_our_client(traveller):
    for kind in SCHEMES:
        asked = []

        def ask(challenge, asked=asked):
            asked.append(challenge.flow)
            return traveller.code()

        plain = traveller.log_in(kind)
        client = httpx.Client(
            base_url=plain.base_url,
            headers={"Authorization": plain.headers.get("Authorization", "")} if kind != "session" else {},
            cookies=plain.cookies,
            auth=StepUpAuth(plain.auth, ask=ask),
            timeout=30,
        )
        with client:
            opened = [client.get(VAULT), client.post(VAULT, json={"note": kind}, headers=csrf_of(client))]

        assert [answer.status_code for answer in opened] == [200, 201], (kind, opened[-1].text)
        assert asked == ["production-database"], kind

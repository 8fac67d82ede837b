"""The main job once more with each kind of credential: calls by curl, the step-up by our own client.

Every kind has a user of its own on one server for each database.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from drf_accessflow_mfa.client import StepUpAuth
from tests.journeys.answers import collapsed, events_for
from tests.journeys.curl import cookies_in, curl, headers_of
from tests.support.authenticators import PyOTP
from tests.support.clients import PASSWORD
from tests.support.servers import serve_example

SCHEMES = {
    "session": "Session",
    "token": "Token",
    "basic": "Basic",
    "knox": "Knox",
    "jwt": "Bearer",
    "oauth2": "Bearer",
}
SHARED = {"token", "basic"}
"""A DRF token is one a user, and a password is: who uses it a second time uses the same credential."""
VAULT = "/api/vault/production-database/"
FLOW = "/api/mfa/flows/production-database/"
STATUS = "/api/mfa/status/"
DEVICES = "/api/mfa/devices/"
VERIFICATIONS = "/api/mfa/verifications/"
RECOVERY_CODES = "/api/mfa/recovery-codes/"
HOUR, STEP = timedelta(hours=1), timedelta(seconds=30)
CREATE_USERS = f"""
from django.contrib.auth.models import User
[User.objects.create_user(f"{{kind}}-user", password="{PASSWORD}") for kind in {sorted(SCHEMES)}]
"""


class Place:
    """A server with a user for each kind of credential, and ada, who holds her authenticator."""

    def __init__(self, server):
        self.server, self.clients = server, server.clients
        server.manage("shell", "-v0", "-c", CREATE_USERS)
        self.ada = self.clients.session("ada")
        begun = self.ada.post(DEVICES, json={"name": "phone"}).raise_for_status().json()
        self.app = PyOTP(begun["otpauth_uri"])
        code = self.app.code_at(server.now())
        self.ada.post(f"{DEVICES}{begun['id']}/confirmation/", json={"code": code}).raise_for_status()

    def toggle(self, *, require_mfa):
        """Let ada flag the flow, or not, with a fresh verification where she needs one."""
        answer = self.ada.patch(FLOW, json={"require_mfa": require_mfa})
        if answer.status_code == 401:
            self.server.pass_time(STEP)
            code = self.app.code_at(self.server.now())
            self.ada.post(VERIFICATIONS, json={"code": code}).raise_for_status()
            answer = self.ada.patch(FLOW, json={"require_mfa": require_mfa})
        assert answer.json()["require_mfa"] is require_mfa, answer.text


@dataclass
class Traveller:
    """A user who has one kind of credential, and goes to the server by curl."""

    place: Place
    kind: str
    headers: dict[str, str] = field(default_factory=dict)
    refresh_token: str = ""
    app: Any = None
    code: str = ""

    @property
    def name(self):
        return f"{self.kind}-user"

    def log_in(self):
        login = {"username": self.name, "password": PASSWORD}
        if self.kind == "jwt":
            self._take(self._post("/api/auth/jwt/", json=login), "access", "refresh")
        elif self.kind == "oauth2":
            form = {"grant_type": "password", "client_id": "demo-client", **login}
            self._take(self._post("/o/token/", data=form), "access_token", "refresh_token")
        else:
            self.headers = headers_of(getattr(self.place.clients, self.kind)(self.name))
        return self

    def refresh(self):
        """Do what clients of short-lived tokens do."""
        if self.kind == "jwt":
            body = {"refresh": self.refresh_token}
            self._take(self._post("/api/auth/jwt/refresh/", json=body), "access", "refresh")
        elif self.kind == "oauth2":
            form = {"grant_type": "refresh_token", "client_id": "demo-client"}
            form["refresh_token"] = self.refresh_token
            self._take(self._post("/o/token/", data=form), "access_token", "refresh_token")

    def _post(self, path, **options):
        return self.place.clients.stranger().post(path, **options).raise_for_status().json()

    def _take(self, tokens, access, refresh):
        self.headers, self.refresh_token = {"Authorization": f"Bearer {tokens[access]}"}, tokens[refresh]

    def call(self, path, body=None):
        """Call by curl, and return the status, the JSON body and the head of the answer."""
        answer, head = curl(self.place.server.base_url + path, self.headers, body)
        self._keep_cookies(head)
        return int(head.split()[1]), answer, head

    def _keep_cookies(self, head):
        pairs = [pair for pair in cookies_in(head).split("; ") if pair]
        if self.kind == "session" and pairs:
            kept = dict(pair.split("=", 1) for pair in [*self.headers["Cookie"].split("; "), *pairs])
            cookies = "; ".join(f"{name}={value}" for name, value in kept.items())
            self.headers = {"Cookie": cookies, "X-CSRFToken": kept["csrftoken"]}

    def next_code(self, challenge=None):
        self.place.server.pass_time(STEP)
        self.code = self.app.code_at(self.place.server.now())
        return self.code


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A place on each kind of database, made when it is first asked for."""
    made = {}
    with ExitStack() as servers:

        def place_on(database):
            if database not in made:
                directory = tmp_path_factory.mktemp(database)
                made[database] = Place(servers.enter_context(serve_example(database, directory=directory)))
            return made[database]

        yield place_on


EVERY = [pytest.param("sqlite", kind, id=f"sqlite-{kind}") for kind in SCHEMES]
ON_POSTGRESQL = [
    pytest.param("postgresql", kind, id=f"postgresql-{kind}", marks=pytest.mark.needs("postgresql"))
    for kind in ("session", "oauth2")
]


@pytest.mark.needs("curl")
@pytest.mark.parametrize(("where", "kind"), EVERY + ON_POSTGRESQL)
def test_the_journey_passes_with_each_credential(places, where, kind):
    user = Traveller(places(where), kind).log_in()
    they_are_challenged_to_enroll(user)
    they_enroll_and_receive_their_recovery_codes_once(user)
    the_vault_opens(user)
    the_same_code_a_second_time_is_refused(user)
    another_credential_is_still_challenged(user)
    after_the_hour_they_are_challenged_again(user)
    off_and_on_bind_the_very_next_request(user)
    our_client_asks_for_a_code_and_opens_the_vault(user)
    the_log_shows_each_step(user)


def they_are_challenged_to_enroll(user):
    status, challenge, head = user.call(VAULT)

    assert (status, challenge["code"]) == (401, "mfa_enrollment_required")
    assert f'{SCHEMES[user.kind]} error="insufficient_user_authentication"' in head
    _, state, _ = user.call(STATUS)
    assert (state["enrolled"], state["enrollment_required"], state["verified"]) == (False, True, False)


def they_enroll_and_receive_their_recovery_codes_once(user):
    status, begun, _ = user.call(DEVICES, {"name": "phone"})
    assert status == 201
    user.app = PyOTP(begun["otpauth_uri"])
    user.code = user.app.code_at(user.place.server.now())

    status, confirmed, _ = user.call(f"{DEVICES}{begun['id']}/confirmation/", {"code": user.code})

    assert status == 200
    assert len(set(confirmed["recovery_codes"])) == 10
    status, left, _ = user.call(RECOVERY_CODES)
    assert (status, left["left"]) == (200, 10)
    shown = str([left, user.call(DEVICES)[1], user.call(STATUS)[1]])
    assert not [secret for secret in [begun["secret"], *confirmed["recovery_codes"]] if secret in shown]


def the_vault_opens(user):
    status, opened, _ = user.call(VAULT)
    assert (status, opened["opened_by"]) == (200, user.name)


def the_same_code_a_second_time_is_refused(user):
    status, refused, _ = user.call(VERIFICATIONS, {"code": user.code})
    assert (status, refused["code"]) == (400, "mfa_failed")
    assert user.call(VAULT)[0] == 200


def another_credential_is_still_challenged(user):
    second = Traveller(user.place, user.kind).log_in()
    if user.kind in SHARED:
        assert second.call(VAULT)[0] == 200
        second.headers = headers_of(user.place.clients.knox(user.name))
    status, challenge, _ = second.call(VAULT)
    assert (status, challenge["code"]) == (401, "mfa_required")


def after_the_hour_they_are_challenged_again(user):
    user.place.server.pass_time(HOUR + timedelta(seconds=5))
    user.refresh()
    status, challenge, _ = user.call(VAULT)
    assert (status, challenge["code"], challenge["enrolled"]) == (401, "mfa_required", True)


def off_and_on_bind_the_very_next_request(user):
    user.place.toggle(require_mfa=False)
    assert user.call(VAULT)[0] == 200
    user.place.toggle(require_mfa=True)
    assert user.call(VAULT)[0] == 401


def our_client_asks_for_a_code_and_opens_the_vault(user):
    asked = []

    def ask(challenge):
        asked.append(challenge.flow)
        return user.next_code()

    headers = {name: value for name, value in user.headers.items() if name != "Cookie"}
    client = httpx.Client(
        base_url=user.place.server.base_url,
        headers=headers,
        cookies=dict(pair.split("=", 1) for pair in user.headers.get("Cookie", "").split("; ") if pair),
        auth=StepUpAuth(ask=ask),
        timeout=30,
    )
    with client:
        opened = [client.get(VAULT), client.get(VAULT)]

    assert [answer.status_code for answer in opened] == [200, 200], opened[-1].text
    assert asked == ["production-database"]


def the_log_shows_each_step(user):
    other = "knox" if user.kind in SHARED else user.kind
    told = [
        (event["kind"], event["outcome"], event["reason"], event["credential"])
        for event in collapsed(events_for(user.place.ada, subject=user.name))
    ]
    assert told == [
        ("mfa.challenged", "denied", "mfa_enrollment_required", user.kind),
        ("enrollment.begun", "success", "", user.kind),
        ("mfa.verified", "success", "", user.kind),
        ("device.enrolled", "success", "", user.kind),
        ("recovery_codes.generated", "success", "", user.kind),
        ("mfa.failed", "failure", "replayed", user.kind),
        ("mfa.challenged", "denied", "mfa_required", other),
        *([("mfa.challenged", "denied", "mfa_required", user.kind)] if other != user.kind else []),
        ("mfa.verified", "success", "", user.kind),
    ]

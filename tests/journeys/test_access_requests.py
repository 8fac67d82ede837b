"""Time-bound access over HTTP: rita requests, omar decides, the vault opens, ends, is revoked."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.journeys.answers import events_for
from tests.support.authenticators import PyOTP
from tests.support.servers import ROOT, ExampleServer

VAULT = "/api/vault/customer-export/"
REQUESTS = "/api/mfa/requests/"
MINUTE = timedelta(minutes=1)


class Person:
    """Somebody with a token and an authenticator, on a server whose clock moves."""

    def __init__(self, server: ExampleServer, name: str) -> None:
        self.server, self.client = server, server.clients.token(name)
        begun = self.post("/api/mfa/devices/", name="phone").json()
        self.app, self.device = PyOTP(begun["otpauth_uri"]), begun["id"]
        confirmed = self.post(f"/api/mfa/devices/{self.device}/confirmation/", code=self.code())
        assert confirmed.status_code == 200, confirmed.text

    def code(self) -> str:
        return str(self.app.code_at(self.server.now()))

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.client.post(path, json=body)

    def vault(self) -> tuple[int, str]:
        """What the vault answers: its status, and the code of a refusal."""
        answer = self.client.get(VAULT)
        return answer.status_code, answer.json().get("code", "")

    def status_of(self, request_id: str) -> str:
        return str(self.client.get(f"{REQUESTS}{request_id}/").raise_for_status().json()["status"])


@pytest.fixture
def rita(example_server: ExampleServer) -> Person:
    return Person(example_server, "rita")


@pytest.fixture
def omar(example_server: ExampleServer) -> Person:
    return Person(example_server, "omar")


@pytest.fixture
def real_access(example_server: ExampleServer) -> Iterator[Any]:
    """Ask whether the real resource is there: a role that can log in and read, or a row."""
    requests: list[str] = []

    def is_there(request_id: str) -> bool:
        requests.append(request_id)
        if example_server.database == "postgresql":
            return _role_reads(example_server, request_id)
        command = "from example_project.vault.models import VaultReader as V; print(V.objects.count())"
        return example_server.manage("shell", "-v0", "-c", command).strip() == "1"

    yield is_there
    if example_server.database == "postgresql":
        _drop_roles(example_server, requests)


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
def test_access_is_requested_approved_used_and_over(rita: Person, omar: Person, real_access: Any) -> None:
    assert rita.vault() == (403, "access_required")
    request_id = rita_requests_and_is_not_let_in_yet(rita)
    omar_approves_with_a_fresh_code(omar, request_id)
    the_vault_opens(rita, omar, real_access, request_id)
    mfa_goes_stale_while_access_goes_on(rita)
    access_is_extended_and_ends_by_itself(rita, request_id)
    the_end_is_written_down_and_withdrawn(rita, real_access, request_id)
    a_second_access_is_revoked_at_once(rita, omar, real_access)
    a_third_ends_with_its_user(rita, omar, real_access)
    the_log_tells_it_all(omar.server)


def rita_requests_and_is_not_let_in_yet(rita: Person) -> str:
    unjustified = rita.post(REQUESTS, flow="customer-export")
    assert (unjustified.status_code, list(unjustified.json()["errors"])) == (400, ["justification"])
    opened = rita.post(REQUESTS, flow="customer-export", justification="Ticket 7.", duration=600)
    assert (opened.status_code, opened.json()["status"]) == (201, "pending_approval"), opened.text
    assert rita.vault() == (403, "access_required")
    return str(opened.json()["id"])


def omar_approves_with_a_fresh_code(omar: Person, request_id: str) -> None:
    waiting = omar.client.get(REQUESTS, params={"scope": "to_decide"}).json()["results"]
    assert [row["id"] for row in waiting] == [request_id]
    omar.server.pass_time(6 * MINUTE)
    challenged = omar.post(f"{REQUESTS}{request_id}/decision/", decision="approve")
    assert (challenged.status_code, challenged.json()["code"]) == (401, "mfa_required")
    approved = omar.post(f"{REQUESTS}{request_id}/decision/", decision="approve", mfa={"code": omar.code()})
    assert (approved.status_code, approved.json()["status"]) == (200, "active"), approved.text
    again = omar.post(f"{REQUESTS}{request_id}/decision/", decision="reject")
    assert (again.status_code, again.json()["code"]) == (409, "transition_refused")


def the_vault_opens(rita: Person, omar: Person, real_access: Any, request_id: str) -> None:
    assert rita.vault() == (401, "mfa_required")
    assert rita.post("/api/mfa/verifications/", code=rita.code()).status_code == 201
    assert rita.vault() == (200, "")
    assert omar.vault() == (403, "access_required")
    assert real_access(request_id)


def mfa_goes_stale_while_access_goes_on(rita: Person) -> None:
    rita.server.pass_time(5 * MINUTE + timedelta(seconds=5))
    assert rita.vault() == (401, "mfa_required")
    assert rita.post("/api/mfa/verifications/", code=rita.code()).status_code == 201
    assert rita.vault() == (200, "")


def access_is_extended_and_ends_by_itself(rita: Person, request_id: str) -> None:
    extended = rita.post(f"{REQUESTS}{request_id}/extension/", duration=120)
    assert extended.status_code == 200, extended.text
    over = rita.post(f"{REQUESTS}{request_id}/extension/", duration=120)
    assert (over.status_code, over.json()["code"]) == (409, "transition_refused")
    rita.server.pass_time(4 * MINUTE + timedelta(seconds=50))
    assert rita.vault() == (200, "")
    rita.server.pass_time(3 * MINUTE)
    assert rita.vault() == (403, "access_required")
    assert rita.status_of(request_id) == "ended"


def the_end_is_written_down_and_withdrawn(rita: Person, real_access: Any, request_id: str) -> None:
    assert real_access(request_id)
    assert close_requests(rita.server) == "Closed 1."
    assert close_requests(rita.server) == "Closed 0."
    assert not real_access(request_id)


def close_requests(server: ExampleServer) -> str:
    return manage(server, "accessflow_mfa_close_requests")


def manage(server: ExampleServer, *arguments: str) -> str:
    """Run a command at the time of the moved clock."""
    command = [sys.executable, "-m", "tests.support.clocked_manage", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(server.environment), check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def a_second_access_is_revoked_at_once(rita: Person, omar: Person, real_access: Any) -> None:
    request_id = further_access(rita, omar, "Ticket 8.")
    assert real_access(request_id)

    revoked = omar.post(f"{REQUESTS}{request_id}/revocation/", reason="Enough.")

    assert (revoked.status_code, revoked.json()["status"]) == (200, "revoked")
    assert rita.vault() == (403, "access_required")
    assert not real_access(request_id)


def a_third_ends_with_its_user(rita: Person, omar: Person, real_access: Any) -> None:
    request_id = further_access(rita, omar, "Ticket 9.")
    assert real_access(request_id)
    deletion = "from django.contrib.auth.models import User; User.objects.filter(username='rita').delete()"

    manage(rita.server, "shell", "-c", deletion)

    assert omar.client.get(f"{REQUESTS}{request_id}/").status_code == 404
    assert not real_access(request_id)


def further_access(rita: Person, omar: Person, justification: str) -> str:
    rita.server.pass_time(MINUTE)
    opened = rita.post(
        REQUESTS, flow="customer-export", justification=justification, mfa={"code": rita.code()}
    ).json()
    omar.post(f"{REQUESTS}{opened['id']}/decision/", decision="approve", mfa={"code": omar.code()})
    assert rita.vault() == (200, "")
    return str(opened["id"])


def the_log_tells_it_all(server: ExampleServer) -> None:
    events = events_for(server.clients.session("ada"), flow="customer-export")
    told = [(event["kind"], event["actor"]) for event in events if event["kind"].startswith("request.")]
    assert told == [
        ("request.created", "rita"),
        ("request.approved", "omar"),
        ("request.granted", ""),
        ("request.extended", "rita"),
        ("request.granted", ""),
        ("request.ended", ""),
        ("request.withdrawn", ""),
        ("request.created", "rita"),
        ("request.approved", "omar"),
        ("request.granted", ""),
        ("request.revoked", "omar"),
        ("request.withdrawn", ""),
        ("request.created", "rita"),
        ("request.approved", "omar"),
        ("request.granted", ""),
        ("request.canceled", ""),
        ("request.withdrawn", ""),
    ]
    assert all(event["request"] for event in events if event["kind"].startswith("request."))


def _role_reads(server: ExampleServer, request_id: str) -> bool:
    import psycopg

    url = httpx.URL(server.environment["DATABASE_URL"])
    role = f"vault_reader_{request_id.replace('-', '')}"
    try:
        with psycopg.connect(str(url.copy_with(username=role, password=None))) as connection:
            connection.execute("SELECT count(*) FROM vault_vaultentry")
    except psycopg.OperationalError:
        return False
    return True


def _drop_roles(server: ExampleServer, requests: list[str]) -> None:
    import psycopg

    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as connection:
        for request_id in requests:
            role = f"vault_reader_{request_id.replace('-', '')}"
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())

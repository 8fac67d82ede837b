"""The example answers under gunicorn with four workers, on each kind of database."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.support.servers import ExampleServer


def test_a_vault_without_mfa_opens_for_each_kind_of_credential(example_server: ExampleServer) -> None:
    clients = example_server.clients

    answers = [
        client.get("/api/vault/staging-logs/")
        for client in (clients.token("omar"), clients.session("omar"), clients.basic("omar"))
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.json()["opened_by"] for answer in answers} == {"omar"}


def test_a_note_is_kept_only_with_the_csrf_token_of_its_session(example_server: ExampleServer) -> None:
    session = example_server.clients.session("omar")
    forger = example_server.clients.stranger()
    forger.cookies.update(session.cookies)

    accepted = session.post("/api/vault/staging-logs/", json={"note": "Checked."})
    forged = forger.post("/api/vault/staging-logs/", json={"note": "Forged."})

    assert (accepted.status_code, accepted.json()["created_by"]) == (201, "omar")
    assert forged.status_code == 403


@pytest.mark.parametrize("database", ["sqlite"])
def test_logging_out_ends_the_session(example_server: ExampleServer) -> None:
    session = example_server.clients.session("omar")

    logged_out = session.delete("/api/auth/session/")

    assert logged_out.status_code == 204
    assert session.get("/api/vault/staging-logs/").status_code == 403


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("path", ["/", "/api/docs/", "/api/docs/?script=", "/api/schema/", "/admin/login/"])
def test_pages_need_nothing_from_another_host(example_server: ExampleServer, path: str) -> None:
    answer = example_server.clients.stranger().get(path)

    assert answer.status_code == 200
    assert not [url for url in ("cdn.", "unpkg", "jsdelivr", "googleapis") if url in answer.text]


@pytest.mark.parametrize("database", ["sqlite"])
def test_static_files_are_served_by_the_workers_themselves(example_server: ExampleServer) -> None:
    client = example_server.clients.stranger()

    answers = [
        client.get("/static/admin/css/base.css"),
        client.get("/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("database", ["sqlite"])
def test_every_worker_follows_the_moved_clock(example_server: ExampleServer) -> None:
    example_server.move_clock(timedelta(days=400))

    expiries = [_csrf_cookie_expires_at(example_server) for _ in range(16)]

    in_a_year_of_the_moved_clock = datetime.now(UTC) + timedelta(days=400 + 363)
    assert all(expires_at > in_a_year_of_the_moved_clock for expires_at in expiries)


def _csrf_cookie_expires_at(server: ExampleServer) -> datetime:
    cookie = httpx.get(f"{server.base_url}/admin/login/").headers["Set-Cookie"]
    return parsedate_to_datetime(cookie.split("expires=")[1].split(";")[0])

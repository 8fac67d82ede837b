"""A view of another package, which nobody edits, asks for a second factor because a row says so."""

from datetime import timedelta

import pytest

from tests.support.authenticators import PyOTP

LOGOUT_ALL = "/api/auth/knox/logoutall/"


@pytest.mark.parametrize("database", ["sqlite"])
def test_logging_out_everywhere_needs_a_second_factor(example_server):
    one, other = example_server.clients.knox("omar"), example_server.clients.knox("omar")
    begun = one.post("/api/mfa/devices/", json={"name": "phone"}).json()
    app = PyOTP(begun["otpauth_uri"])
    confirmation = {"code": app.code_at(example_server.now())}
    one.post(f"/api/mfa/devices/{begun['id']}/confirmation/", json=confirmation).raise_for_status()

    challenged = other.post(LOGOUT_ALL)
    still_in = one.get("/api/mfa/status/")
    example_server.pass_time(timedelta(seconds=30))
    verified = other.post("/api/mfa/verifications/", json={"code": app.code_at(example_server.now())})
    done = other.post(LOGOUT_ALL)

    assert challenged.status_code == 401
    assert challenged.headers["WWW-Authenticate"].startswith("Knox error=")
    assert challenged.json()["flow"] == "production-database"
    assert (still_in.status_code, verified.status_code, done.status_code) == (200, 201, 204)
    assert [client.get("/api/mfa/status/").status_code for client in (one, other)] == [403, 403]


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_table_of_routes_tells_the_middlewares_guard(example_server):
    lines = example_server.manage("accessflow_mfa_routes").splitlines()

    [line] = [line for line in lines if "knox-logoutall" in line]

    assert line.split()[0] == "middleware"
    assert "production-database" in line

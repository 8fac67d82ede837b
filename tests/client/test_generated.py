"""Clients that generators make from the schema work against the running example."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.schemas import generate
from tests.support.authenticators import PyOTP
from tests.support.servers import ROOT

SOURCES = ROOT / "tests" / "client" / "generated"
PATH = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

STEP = timedelta(seconds=30)

pytestmark = [pytest.mark.parametrize("database", ["sqlite"]), pytest.mark.usefixtures("database")]


def run(*command, directory, **environment):
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, "PATH": PATH, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def schema(tmp_path):
    written = tmp_path / "schema.json"
    written.write_text(json.dumps(generate()))
    return written


def test_openapi_python_client_makes_a_client_that_enrolls_verifies_and_passes(
    schema, example_server, tmp_path
):
    token = example_server.clients.token("omar").headers["Authorization"].split()[1]
    example_server.move_clock(timedelta(0))
    run(
        *("openapi-python-client", "generate", "--path", str(schema)),
        *("--output-path", str(tmp_path / "api_client"), "--meta", "none", "--fail-on-warning"),
        directory=tmp_path,
    )

    printed = run(
        *(sys.executable, str(SOURCES / "journey.py")),
        *(example_server.base_url, token, str(example_server.offset_file)),
        directory=tmp_path,
        PYTHONPATH=str(tmp_path),
    )

    answers = json.loads(printed)
    assert answers["challenge"] == [401, "mfa_required", "production-database"]
    assert answers["refused"] == "mfa_failed"
    assert answers["opened_by"] == "omar"
    assert answers["satisfied"] is True
    assert {"device.enrolled", "mfa.challenged", "mfa.failed", "mfa.verified"} <= set(answers["kinds"])


@pytest.fixture
def typed(schema):
    """A folder with the generated types and the programs that use them."""
    directory = schema.parent
    for name in ("journey.ts", "wrong.ts", "package.json"):
        (directory / name).write_text((SOURCES / name).read_text())
    (directory / "node_modules").symlink_to(SOURCES / "node_modules")
    run(tool("openapi-typescript"), str(schema), "-o", "schema.ts", directory=directory)
    return directory


def tool(name):
    return str(SOURCES / "node_modules" / ".bin" / name)


def compile_strictly(*names, directory):
    options = ("--strict", "--target", "es2022", "--module", "nodenext", "--noUncheckedIndexedAccess")
    run(tool("tsc"), *options, *names, directory=directory)


@pytest.mark.needs("node", "openapi-typescript")
def test_openapi_typescript_makes_types_with_which_a_client_verifies_and_passes(typed, example_server):
    client = example_server.clients.token("omar")
    begun = client.post("/api/mfa/devices/", json={"name": "phone"}).json()
    app = PyOTP(begun["otpauth_uri"])
    confirmation = {"code": app.code_at(example_server.now())}
    client.post(f"/api/mfa/devices/{begun['id']}/confirmation/", json=confirmation).raise_for_status()
    client.delete("/api/mfa/verifications/").raise_for_status()
    example_server.pass_time(STEP)
    compile_strictly("journey.ts", directory=typed)

    token = client.headers["Authorization"].split()[1]
    code = app.code_at(example_server.now())
    printed = run("node", "journey.js", example_server.base_url, token, code, directory=typed)

    assert json.loads(printed) == {
        "challenge": [401, "mfa_required", "production-database", 3600],
        "refused": 400,
        "verified": 201,
        "opened_by": "omar",
        "is_counting": True,
    }


@pytest.mark.needs("node", "openapi-typescript")
def test_the_generated_types_refuse_what_the_api_would_refuse(typed):
    compile_strictly("wrong.ts", directory=typed)

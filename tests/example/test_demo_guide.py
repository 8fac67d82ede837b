"""The commands that ``make demo`` prints do what they say when they are pasted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import ROOT, ExampleServer

DEFINITIONS = ("WHO=", "BASE=", "AUTH='", "LOGIN=", "field()", "get()", "post()")


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_printed_commands_bring_each_other_credential(example_server: ExampleServer) -> None:
    guide = example_server.manage("demo_guide").replace(".venv/bin/python", sys.executable)
    definitions = [line for line in guide.splitlines() if line.startswith(DEFINITIONS)]
    credentials = [line for line in guide.splitlines() if line.startswith(("FORM=", 'AUTH="'))]
    asked = 'get /api/vault/production-database/; AUTH="Accept: application/json"'
    script = [*definitions, *(f"{line}; {asked}" for line in credentials if line.startswith("AUTH="))]
    script.insert(-1, next(line for line in credentials if line.startswith("FORM=")))

    pasted = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(script)], cwd=ROOT, check=True, capture_output=True, text=True
    )

    answers = [json.loads(line) for line in pasted.stdout.splitlines() if line.startswith("{")]
    assert [answer["code"] for answer in answers] == ["mfa_enrollment_required"] * 4


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_printed_commands_lead_from_the_challenge_to_the_open_vault(
    example_server: ExampleServer, tmp_path: Path
) -> None:
    guide = example_server.manage("demo_guide").replace(".venv/bin/python", sys.executable)
    _, _, commands = guide.partition("# 1.")
    commands, _, _ = commands.partition("\nLater")

    pasted = subprocess.run(
        ["bash", "-eu", "-c", f"# 1.{commands}"], cwd=ROOT, check=True, capture_output=True, text=True
    )

    challenge, _, rest = pasted.stdout.partition("otpauth://")
    *_, vault, events = [line for line in rest.splitlines() if line.startswith("{")]
    assert "401" in challenge.splitlines()[0]
    assert '"mfa_enrollment_required"' in challenge
    assert json.loads(vault)["opened_by"] == "rita"
    assert "device.enrolled" in {event["kind"] for event in json.loads(events)["results"]}

"""Runs step-up.js under node: ``run_node("scenario", ...)`` returns what the scenario answered."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.support.servers import ROOT

STATIC = ROOT / "drf_accessflow_mfa" / "static" / "drf_accessflow_mfa"
SCENARIOS = Path(__file__).with_name("scenarios.mjs")
MODULES = ("step-up.js", "step-up-challenge.js")


def run_node(scenario: str, **options: Any) -> Any:
    """Run one scenario of scenarios.mjs.

    The modules are copied beside a package.json: without it old versions of
    node take a .js file for CommonJS. Browsers need none.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for source in (*(STATIC / module for module in MODULES), SCENARIOS):
            shutil.copy(source, directory)
        (directory / "package.json").write_text('{"type": "module"}')
        done = subprocess.run(
            ["node", str(directory / SCENARIOS.name), scenario],
            input=json.dumps(options),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

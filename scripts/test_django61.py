"""Run a fast part of the tests with Django 6.1, whose Python may be newer than that of the other tests.

What only Django 6 has, its background tasks, is tested here alone. Where no
such Python is found this says so and fails, if ``REQUIRE_ALL=1`` asks for all.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.pythons import find_python  # noqa: E402

FOLDER = ROOT / "build" / "django61"
PYTHONS = ("3.13", "3.12")
VERSIONS = ("Django>=6.1,<6.2", "djangorestframework>=3.18")
EXTRAS = ("example", "client")
TOOLS = (
    "hypothesis",
    "polib",
    "pytest",
    "pytest-django",
    "pytest-randomly",
    "pytest-timeout",
    "pytest-xdist",
    "schemathesis",
    "time-machine",
)
TESTS = (
    "tests/api/test_audit_events.py",
    "tests/api/test_contract.py",
    "tests/api/test_flow_rules.py",
    "tests/api/test_openapi.py",
    "tests/api/test_openapi_guards.py",
    "tests/api/test_pages_of_lists.py",
    "tests/api/test_requests.py",
    "tests/api/test_resets.py",
    "tests/compiled",
    "tests/domain",
    "tests/models",
    "tests/services/test_webhook_tasks.py",
    "tests/services/test_webhooks.py",
    "tests/test_composition.py",
    "tests/test_conf_and_checks.py",
    "tests/test_permissions.py",
)


def main() -> int:
    """Build the environment where its requirements changed, and run the tests in it."""
    python = find_python(PYTHONS)
    if python is None:
        absent = f"no Python {' or '.join(sorted(PYTHONS))} with venv was found"
        print(f"Not run with Django 6.1, because {absent}:", *TESTS, sep="\n")
        return 1 if os.environ.get("REQUIRE_ALL") == "1" else 0
    inside = FOLDER / "bin" / "python"
    stamp, wanted = FOLDER / "requirements.sha256", digest(python)
    if not stamp.exists() or stamp.read_text() != wanted:
        build(python, inside)
        stamp.write_text(wanted)
    command = [inside, "-m", "pytest", "-n", "auto", "--dist", "loadgroup", *TESTS, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def digest(python: Path) -> str:
    """Return what changes when the environment has to be built anew."""
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return hashlib.sha256(repr([python, package, VERSIONS, EXTRAS, TOOLS]).encode()).hexdigest()


def build(python: Path, inside: Path) -> None:
    """Create the environment with what these tests need."""
    print(f"Installing Django 6.1 and what its tests use into {FOLDER.relative_to(ROOT)}", flush=True)
    subprocess.run([python, "-m", "venv", "--clear", FOLDER], check=True)
    extras = (
        [*EXTRAS, "mariadb"] if shutil.which("mariadb_config") or shutil.which("mysql_config") else EXTRAS
    )
    install = [inside, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    package = f"{ROOT}[{','.join(extras)}]"
    subprocess.run([*install, "--editable", package, *VERSIONS, *TOOLS], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())

"""Build one virtual environment for each version of Django, with all peers that it bears."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.pythons import find_python

ROOT = Path(__file__).resolve().parent
BUILD = ROOT.parent / "build" / "bench"
PYTHONS = {"django52": ("3.11", "3.12", "3.13"), "django61": ("3.13", "3.12")}
"""The versions of Python that each may have: both ends of what is supported, where they are here."""
PIP = ("-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check")
START = """
import django
django.setup()
import benchmarks.site.guards
import benchmarks.site.urls
benchmarks.site.guards.subjects()
"""
LIST_VERSIONS = """
import importlib.metadata, json, platform
found = {row.name.lower().replace("_", "-"): row.version for row in importlib.metadata.distributions()}
print(json.dumps({**found, "python": platform.python_version()}))
"""


class NotBuilt(Exception):
    """An environment cannot be built here; the argument says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One version of Django on one Python."""

    name: str
    python: Path
    versions: Mapping[str, str]
    """The version of each package, and of ``python``."""
    absent: Mapping[str, str]
    """Why a peer of ``PEERS`` is not there."""

    @property
    def title(self) -> str:
        """What readers call it."""
        return f"Django {self.versions['django']}, Python {self.versions['python']}"


def build(name: str) -> Environment:
    """Return the environment, built anew when its requirements changed.

    Raises ``NotBuilt``.
    """
    python = find_python(PYTHONS[name])
    if python is None:
        raise NotBuilt(f"{name} needs Python {' or '.join(sorted(PYTHONS[name]))}, and none was found")
    folder = BUILD / name
    stamp, wanted = folder / "requirements.sha256", _digest(name, python)
    if not stamp.exists() or stamp.read_text() != wanted:
        _create(name, python, folder)
        stamp.write_text(wanted)
    inside = folder / "bin" / "python"
    return Environment(
        name=name,
        python=inside,
        versions=_versions_in(inside),
        absent=json.loads((folder / "absent.json").read_text()),
    )


def _digest(name: str, python: Path) -> str:
    read = [(ROOT / f"requirements-{part}.txt").read_bytes() for part in ("common", "peers", name)]
    return hashlib.sha256(b"\0".join([*read, str(python).encode()])).hexdigest()


def _create(name: str, python: Path, folder: Path) -> None:
    print(f"building the environment {name}", flush=True)
    subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
    inside = folder / "bin" / "python"
    requirements = ROOT / f"requirements-{name}.txt"
    built = subprocess.run([inside, *PIP, "install", "-r", requirements], check=False)
    if built.returncode:
        raise NotBuilt(f"the packages of {name} could not be installed")
    reasons = _install_peers(inside, requirements)
    absent = _peers_that_do_not_start(inside) | reasons
    (folder / "absent.json").write_text(json.dumps(absent))


def _install_peers(inside: Path, requirements: Path) -> dict[str, str]:
    """Install the peers, one by one where they do not go together, and return why any is not there."""
    install = [str(inside), *PIP, "install", "-c", str(_without_includes(requirements, inside))]
    if not subprocess.run([*install, "-r", str(ROOT / "requirements-peers.txt")], check=False).returncode:
        return {}
    absent = {}
    for line in (ROOT / "requirements-peers.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        tried = subprocess.run([*install, line], capture_output=True, text=True, check=False)
        if tried.returncode:
            name = next(key for key, peer in PEERS.items() if line.startswith(peer.package))
            absent[name] = "does not install: " + _last_line(tried.stderr)
    return absent


def _without_includes(requirements: Path, inside: Path) -> Path:
    """Return a file of constraints: pip knows no extras in them."""
    pins = [line for line in requirements.read_text().splitlines() if line[:1] not in {"#", "-"}]
    constraints = inside.parent.parent / "constraints.txt"
    constraints.write_text("\n".join(pins))
    return constraints


def _peers_that_do_not_start(inside: Path) -> dict[str, str]:
    found = {}
    for name in PEERS:
        others = ",".join(other for other in PEERS if other != name)
        started = subprocess.run(
            [
                inside,
                "-c",
                START,
            ],
            env={"DJANGO_SETTINGS_MODULE": "benchmarks.site.settings", "BENCH_WITHOUT": others},
            cwd=ROOT.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if started.returncode:
            found[name] = "does not start: " + _last_line(started.stderr)
    return found


def _versions_in(inside: Path) -> dict[str, str]:
    listed = subprocess.run([inside, "-c", LIST_VERSIONS], capture_output=True, check=True)
    versions: dict[str, str] = json.loads(listed.stdout)
    return versions


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if not line.startswith("WARNING")]
    return lines[-1] if lines else "no reason given"

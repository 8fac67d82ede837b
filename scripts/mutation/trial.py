"""Run tests against a mutant, in a copy of the tree, and say what became of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.mutation.rules import ROOT

LONGEST_SECONDS = 900
_LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".tox",
    "build",
    "dist",
    "*_cache",
    "__pycache__",
    "*.egg-info",
    "*.sqlite3*",
    ".hypothesis",
)


class Fate(StrEnum):
    """What became of a mutant. Only a failing test kills: code that cannot be imported proves nothing."""

    KILLED = "killed"
    SURVIVED = "survived"
    BROKEN = "broken"
    """The tests could not be collected, or only fixtures failed."""
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The fate of a mutant, and the test that failed."""

    fate: Fate
    by: str = ""


def copy_tree(directory: Path) -> Path:
    """Return a copy of the working tree in a directory."""
    shutil.copytree(ROOT, directory / "tree", ignore=_LEFT_OUT)
    return directory / "tree"


@contextmanager
def mutated(sources: Mapping[Path, str]) -> Iterator[None]:
    """Write other texts into files, and their own ones back afterwards."""
    before = {path: path.read_text() for path in sources}
    try:
        _write(sources)
        yield
    finally:
        _write(before)


def try_tests(tree: Path, tests: Sequence[str]) -> Outcome:
    """Run tests in a tree until one fails."""
    outcome = _run(tree, tests, "-x")
    # The first to stumble was a fixture; perhaps a test notices too.
    return _run(tree, tests) if outcome.fate is Fate.BROKEN and outcome.by else outcome


def _run(tree: Path, tests: Sequence[str], *options: str) -> Outcome:
    report = tree.parent / "report.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", *options]
    command += ["-p", "no:randomly", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
    environment = {key: value for key, value in os.environ.items() if key != "REQUIRE_ALL"}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(fate=Fate.TIMED_OUT)
    if done.returncode == pytest.ExitCode.OK:
        return Outcome(fate=Fate.SURVIVED)
    # Where Django does not even start, pytest ends with the code of failed tests and no report.
    if done.returncode != pytest.ExitCode.TESTS_FAILED or not report.exists():
        return Outcome(fate=Fate.BROKEN)
    return _read(report)


def _read(report: Path) -> Outcome:
    cases = list(ElementTree.parse(report).iter("testcase"))
    for kind, fate in (("failure", Fate.KILLED), ("error", Fate.BROKEN)):
        for case in cases:
            if case.find(kind) is not None:
                return Outcome(fate=fate, by=f"{case.get('classname')}::{case.get('name')}")
    return Outcome(fate=Fate.BROKEN)


def _write(sources: Mapping[Path, str]) -> None:
    for path, source in sources.items():
        path.write_text(source)
        # A cached bytecode file is taken for fresh by size and whole seconds.
        for cached in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            cached.unlink()

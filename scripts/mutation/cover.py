"""Which tests run which line: coverage with a context a test, once for a tree."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from coverage import CoverageData

from scripts.mutation.operators import Place

SUITES = ("domain", "services", "devices", "credentials", "models", "api", "guards", "web", "management")
_LEFT_OUT = ("mutations", "standards", "dependency_audit", "warm_up")
TIMES = "times.xml"
LONGEST_SECONDS = 20.0
"""Tests for one mutant: of every file some, and no more than run in this time together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMap:
    """Tests by line, lines that run when a module is imported, and how long a test takes."""

    lines: dict[str, dict[int, list[str]]]
    imported: dict[str, set[int]]
    seconds: dict[str, float]

    def find_tests(self, file: str, place: Place, folder: str = "") -> list[str]:
        """Return the tests of a folder that run a statement, the quickest first."""
        lines = self.lines.get(file, {})
        found = {test for line in _lines_of(place) for test in lines.get(line, ())}
        return self._quickest({test for test in found if test.startswith(folder)})

    def tests_of_file(self, file: str) -> list[str]:
        """Return the tests that run anything of a module, the quickest first."""
        return self._quickest({test for tests in self.lines.get(file, {}).values() for test in tests})

    def _quickest(self, found: set[str]) -> list[str]:
        """Return one test of each file, then another of each, while there is time."""
        files: dict[str, list[str]] = {}
        for test in sorted(found, key=lambda name: (self.seconds.get(name, 1), name)):
            files.setdefault(test.partition("::")[0], []).append(test)
        chosen, total = [], 0.0
        for test in (one for round_ in zip_longest(*files.values()) for one in round_ if one is not None):
            total += self.seconds.get(test, 1)
            if chosen and total > LONGEST_SECONDS:
                break
            chosen.append(test)
        return chosen

    def is_imported(self, file: str, place: Place) -> bool:
        """Tell whether a statement also runs while modules are imported."""
        return not self.imported.get(file, set()).isdisjoint(_lines_of(place))


def suites_of(tree: Path) -> list[str]:
    """Return the tests of one process: those that start servers and browsers prove no single line."""
    files = sorted((tree / "tests").glob("test_*.py"))
    alone = [f"tests/{file.name}" for file in files if not file.stem.endswith(_LEFT_OUT)]
    return [*(f"tests/{suite}" for suite in SUITES), *alone]


def measure(tree: Path) -> None:
    """Run the suites once, each line with the tests that ran it, each test with its time."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "scripts.mutation.uncached", *suites_of(tree)]
    command += [
        "--deselect",
        "tests/api/test_schemathesis.py",
        "--cov",
        "--cov-context=test",
        "--cov-report=",
        f"--junitxml={TIMES}",
    ]
    subprocess.run(command, cwd=tree, check=True)


def read_map(tree: Path) -> TestMap:
    """Return what was measured."""
    data = CoverageData(str(tree / ".coverage"))
    data.read()
    lines: dict[str, dict[int, list[str]]] = {}
    imported: dict[str, set[int]] = {}
    for measured in data.measured_files():
        file = str(Path(measured).relative_to(tree))
        contexts = data.contexts_by_lineno(measured)
        lines[file] = {line: _names(tests) for line, tests in contexts.items()}
        imported[file] = {line for line, tests in contexts.items() if "" in tests}
    return TestMap(lines=lines, imported=imported, seconds=_read_times(tree / TIMES))


def run_jobs(tree: Path, jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run jobs in the tree's fork server and return their answers."""
    asked, answers = tree.parent / "jobs.json", tree.parent / "answers.jsonl"
    asked.write_text(json.dumps(jobs))
    answers.unlink(missing_ok=True)
    command = [sys.executable, "-m", "scripts.mutation.forks", str(asked), str(answers), *_files_of(jobs)]
    subprocess.run(command, cwd=tree, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in answers.read_text().splitlines()]


def _files_of(jobs: Sequence[dict[str, Any]]) -> list[str]:
    return sorted({test.partition("::")[0] for job in jobs for test in job["tests"]})


def _read_times(report: Path) -> dict[str, float]:
    """Return the time of each test by its name; the report has modules and classes with dots."""
    times = {}
    for case in ElementTree.parse(report).iter("testcase"):
        parts = (case.get("classname") or "").split(".")
        inner = [part for part in parts if part[:1].isupper()]
        file = "/".join(part for part in parts if part not in inner) + ".py"
        times["::".join([file, *inner, case.get("name") or ""])] = float(case.get("time") or 0)
    return times


def _names(contexts: Iterable[str]) -> list[str]:
    return sorted({context.rsplit("|", 1)[0] for context in contexts if context})


def _lines_of(place: Place) -> range:
    return range(place.first_line, place.last_line + 1)

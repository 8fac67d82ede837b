"""The example project on a fresh database of any kind, without a server: commands, calls and SQL."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.databases import copied_database

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A migrated project, as in production: its audit log has its triggers."""

    kind: str
    environment: dict[str, str]
    _started: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def manage(self, *arguments: str, **environment: str) -> Done:
        """Run a management command in a process of its own."""
        return self._run([sys.executable, "manage.py", *arguments], environment)

    def call(self, function: str, *arguments: object, **environment: str) -> Any:
        """Call a function by its dotted path in a process of its own and return what it returns, as JSON."""
        done = self._run(calling(function, *arguments), environment)
        if done.code:
            raise RuntimeError(done.output)
        return json.loads(done.output.splitlines()[-1])

    def start(self, function: str, *arguments: object) -> "subprocess.Popen[str]":
        """Start such a call and return its process, which ends with the project at the latest."""
        process = subprocess.Popen(
            calling(function, *arguments),
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(process)
        return process

    def stop(self) -> None:
        """Kill what was started and still runs."""
        for process in self._started:
            process.kill()
            process.communicate()

    def _run(self, command: list[str], environment: dict[str, str]) -> Done:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Done(code=done.returncode, output=done.stdout)


def calling(function: str, *arguments: object) -> list[str]:
    """Return the command that calls a function and prints what it returns."""
    return [sys.executable, "-m", "tests.support.calling", function, json.dumps(arguments)]


@contextmanager
def project_on(kind: str, *, directory: Path) -> Iterator[Project]:
    """Yield the project on a migrated database, and drop the database."""

    def migrate(url: str) -> None:
        done = _project(kind, url).manage("migrate", "--verbosity=0")
        if done.code:
            raise RuntimeError(done.output)

    with copied_database(kind, directory=directory, prepare=migrate, same="migrated") as url:
        project = _project(kind, url)
        try:
            yield project
        finally:
            project.stop()


def _project(kind: str, url: str) -> Project:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "EXAMPLE_UNDER_TEST": "1",
    }
    return Project(kind=kind, environment=environment)

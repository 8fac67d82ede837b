"""Processes with Django on a server's database, for what no client can do.

Each is ``python -m tests.support.insiders``, reads ``["module.function", arguments]``
line by line and answers with a line of JSON, so that Django is started once.
"""

import json
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]


class InsiderFailed(Exception):
    """The function raised; the message holds its traceback."""


class Insider:
    """One such process; what it writes to stderr goes to ``log``."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.insiders"],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def begin(self, function: str, *arguments: object) -> None:
        """Let it call a function by its dotted path."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([function, arguments]) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """Wait for what the function returns. Raises ``InsiderFailed``."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise InsiderFailed(self._log.read_text()[-5000:])
        returned, failure = json.loads(line)
        if failure:
            raise InsiderFailed(failure)
        return returned

    def call(self, function: str, *arguments: object) -> Any:
        """Call a function and return what it returns. Raises ``InsiderFailed``."""
        self.begin(function, *arguments)
        return self.answer()

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def insider_of(environment: Mapping[str, str], *, log: Path) -> Iterator[Insider]:
    """Yield a process on the database of an environment, and end it."""
    insider = Insider(environment, log)
    try:
        yield insider
    finally:
        insider.stop()


def main() -> None:
    """Answer orders until there are no more."""
    django.setup()
    for line in sys.stdin:
        function, arguments = json.loads(line)
        try:
            answer = [import_string(function)(*arguments), None]
        except Exception:  # the next order is answered all the same
            answer = [None, traceback.format_exc()]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""The command line as people run it: at a terminal, or in a script without one."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Self

from tests.support.servers import ROOT

COMMAND = [sys.executable, "-m", "drf_accessflow_mfa.client"]
_SPAWN = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
_LIMIT_SECONDS = 60


def run(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """Run it where no terminal is."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=_LIMIT_SECONDS,
        start_new_session=True,
    )


class Terminal:
    """Run it at a terminal: ``expect`` what it shows, and ``enter`` the answer."""

    def __init__(self, *arguments: str, command: Sequence[str] = COMMAND) -> None:
        self.shown = ""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SPAWN, *command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )

    def expect(self, pattern: str) -> re.Match[str]:
        """Read on until it shows this; return the match, and what came before it is done with."""
        give_up_at = time.monotonic() + _LIMIT_SECONDS
        while not (found := re.search(pattern, self.shown)):
            chunk = self._read()
            assert chunk, f"{pattern!r} is not in {self.shown!r}"
            assert time.monotonic() < give_up_at
        self.shown = self.shown[found.end() :]
        return found

    def enter(self, line: str) -> None:
        """Type a line and press Enter."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def finish(self) -> int:
        """Read to the end and return the exit code."""
        while self._read():
            pass
        return self._process.wait(_LIMIT_SECONDS)

    def _read(self) -> str:
        assert self._process.stdout
        chunk = os.read(self._process.stdout.fileno(), 65536).decode(errors="replace")
        self.shown += chunk
        return chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(_LIMIT_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream
            stream.close()

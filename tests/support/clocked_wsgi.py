"""The example project with a clock that a test can move in every worker process.

Before each request the offset, in seconds, is read from the file that
``EXAMPLE_CLOCK_OFFSET_FILE`` names; an absent file means no offset. Each answer
names the process that gave it, ``X-Worker``.
"""

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine

from example_project.wsgi import application as django_application

OFFSET_FILE = Path(os.environ["EXAMPLE_CLOCK_OFFSET_FILE"])


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request at the moved time."""

    def start_signed(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, ("X-Worker", str(os.getpid()))], *error)

    with time_machine.travel(timedelta(seconds=_read_offset()), tick=True):
        return django_application(environ, start_signed)


def _read_offset() -> float:
    try:
        return float(OFFSET_FILE.read_text())
    except FileNotFoundError:
        return 0.0

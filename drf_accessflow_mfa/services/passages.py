"""Write down which requests a verification let through."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone

from drf_accessflow_mfa import audit
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.services.durable import durably

LONGEST_PATH = 500
PASSED = "passed verification=%s flow=%s user=%s method=%s path=%s"

package_log = logging.getLogger("drf_accessflow_mfa")
access_log = logging.getLogger("drf_accessflow_mfa.access")
logger = logging.getLogger("drf_accessflow_mfa.audit")


class Passage(NamedTuple):
    """A guarded request that was let through, because of one verification."""

    user: Any
    verification: UUID
    flows: tuple[str, ...]
    """Those that this verification met; one empty name for a requirement that stands in the code."""
    credential: str
    method: str
    path: str
    """Without the query, which may hold what no log should."""


def let_lines_through() -> None:
    """Set the access log to INFO where nobody chose a level: the root's would be WARNING."""
    if access_log.level == package_log.level == logging.NOTSET:
        access_log.setLevel(logging.INFO)


def is_line_kept() -> bool:
    """Tell whether a handler gets the lines of the access log.

    The guard asks at every request, so it is one loop without further calls.
    """
    logger: logging.Logger | None = access_log
    while logger is not None:
        for handler in logger.handlers:
            if handler.level <= logging.INFO:
                return True
        logger = logger.parent if logger.propagate else None
    return False


def log_passage(passage: Passage) -> None:
    """Write one line, from which the verification leads to the request and back."""
    if not access_log.isEnabledFor(logging.INFO):
        return
    facts = (
        passage.verification,
        ",".join(passage.flows),
        passage.user.pk,
        printable(passage.method),
        printable(passage.path),
    )
    # What info() does, without a search for the line of code that calls it, which costs eleven calls.
    record = access_log.makeRecord(access_log.name, logging.INFO, __file__, 0, PASSED, facts, None)
    access_log.handle(record)


def record_passages(
    passages: Sequence[Passage], *, status: int, origin: Origin, now: datetime | None = None
) -> None:
    """Append an event for each passage, in a transaction of its own.

    Where that fails, the access log has the line all the same: what was let
    through has happened.
    """
    moment = now or timezone.now()

    def work(using: str) -> None:
        for passage in passages:
            for flow in passage.flows:
                _append(passage, flow, status=status, origin=origin, now=moment, using=using)

    try:
        durably(work)
    except (DatabaseError, RuntimeError):
        for passage in passages:
            logger.exception(
                "mfa.passed verification=%s user=%s: not written to the audit log",
                passage.verification,
                passage.user.pk,
            )


def printable(text: str) -> str:
    """Return a text on one line: control characters could forge log lines."""
    shown = text[:LONGEST_PATH]
    # As a rule it is: going through it costs a call for each character.
    if shown.isprintable():
        return shown
    return "".join(char if char.isprintable() else "?" for char in shown)


def _append(passage: Passage, flow: str, *, status: int, origin: Origin, now: datetime, using: str) -> None:
    audit.append(
        EventKind.MFA_PASSED,
        Outcome.SUCCESS,
        now=now,
        origin=origin,
        using=using,
        actor=passage.user,
        subject=passage.user,
        flow=flow,
        verification=passage.verification,
        credential=passage.credential,
        changes={
            "method": [None, printable(passage.method)],
            "path": [None, printable(passage.path)],
            "status": [None, status],
        },
    )

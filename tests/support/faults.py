"""Break an act at each of its points in turn, each time on a fresh state, and look at what is left.

Runs in an insider's process (``insiders.py``): its children die, it looks.
"""

import json
import os
import traceback
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol

import time_machine
from django.db import connections
from django.utils.module_loading import import_string

from tests.support.tripwires import END, Spring, Tripwire, die, lose_connection, stretched

MODES: dict[str, Spring] = {"kill": die, "break": lose_connection}
MOST_POINTS = 200
NOON = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)
"""Five seconds into a time step; the clock stands while an act is performed."""


class Act(Protocol):
    """What somebody does, and what must be true however far it came."""

    def prepare(self) -> Any:
        """Commit a fresh state and return it."""

    def perform(self, state: Any) -> int:
        """Do it over HTTP and return the status."""

    def check(self, state: Any, status: int | None) -> None:
        """Look at what is left; ``status`` is ``None`` when the process died. May do it again."""


@dataclass
class Report:
    """What became of an act."""

    points: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    undisturbed: int | None = None
    """How the act is answered when nothing happens to it."""


def try_every_point(path: str, mode: str) -> dict[str, Any]:
    """Break the act at its first point, at its second, and so on until it comes to its end."""
    act: Act = import_string(path)()
    with time_machine.travel(NOON, tick=False) as clock:
        return asdict(_report_on(act, mode, clock))


def _report_on(act: Act, mode: str, clock: Any) -> Report:
    report = Report()
    # What is read once a process (permissions, content types) is read now.
    act.perform(act.prepare())
    for point in count(1):
        clock.shift(timedelta(hours=1))
        state = act.prepare()
        connections.close_all()
        sprung, status = _killed(act, state, point) if mode == "kill" else _broken(act, state, point)
        connections.close_all()
        try:
            act.check(state, status)
        except Exception:  # whatever it is, it belongs to this point
            report.problems.append(f"{mode} {sprung or 'nowhere'} (point {point}): {traceback.format_exc()}")
        if not sprung or point == MOST_POINTS:
            report.undisturbed = status
            return report
        report.points.append(sprung)
    raise AssertionError("unreachable")


def _broken(act: Act, state: Any, point: int) -> tuple[str, int]:
    tripwire = Tripwire(lose_connection, point)
    with stretched(tripwire):
        status = act.perform(state)
    return tripwire.sprung, status


def _killed(act: Act, state: Any, point: int) -> tuple[str, int | None]:
    """Perform the act in a process that dies, and return where, and the status if it did not."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _perform_and_die(act, state, point, writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    sprung, status = json.loads(told)
    return sprung, status


def _perform_and_die(act: Act, state: Any, point: int, writer: int) -> None:
    def tell_and_die(connection: Any, name: str) -> None:
        os.write(writer, json.dumps([name, None]).encode())
        die(connection, name)

    try:
        tripwire = Tripwire(tell_and_die, point, skips_reads=True)
        with stretched(tripwire):
            status = act.perform(state)
            tripwire.reach(None, END)
            os.write(writer, json.dumps(["", status]).encode())
    except BaseException:
        traceback.print_exc()
    os._exit(0)

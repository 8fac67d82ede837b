"""All clients: some processes of some threads each, that begin and end together."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.load.client import Client, dice_of
from benchmarks.load.facts import Fact
from benchmarks.load.wire import Wire
from benchmarks.load.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is asked for, and for how long."""

    processes: int
    threads: int
    """In each process; each has a seat, and one request under way."""
    seconds: float
    seed: int

    @property
    def seats(self) -> int:
        """Return how many clients there are."""
        return self.processes * self.threads


_clients: dict[int, Client] = {}
"""Those of this process, by their seats: they remember which codes they have used."""


def run_crowd(
    load: Load, wire: Wire, world_path: Path, *, while_running: Callable[[float], None]
) -> tuple[list[Fact], list[Fact]]:
    """Let everybody verify, then act; return what they saw at first, and under load.

    ``while_running`` gets the moment of the end.
    """
    with ExitStack() as opened:
        # A pool of one each, so that the same process goes on with what it has begun.
        processes = [
            (opened.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn"))), seats)
            for seats in _shares(load)
        ]
        settled = _gathered(
            [process.submit(_settle_in, wire, world_path, seats) for process, seats in processes]
        )
        ends = time.monotonic() + load.seconds
        acting = [process.submit(_act, seats, ends, load.seed) for process, seats in processes]
        while_running(ends)
        return settled, _gathered(acting)


def _shares(load: Load) -> list[range]:
    return [range(first, first + load.threads) for first in range(0, load.seats, load.threads)]


def _settle_in(wire: Wire, world_path: Path, seats: range) -> list[Fact]:
    world = World.read(world_path)
    for number in seats:
        _clients[number] = Client(wire=wire, world=world, seat=world.seats[number])
    return _in_threads(seats, lambda number: _clients[number].settle_in())


def _act(seats: range, ends: float, seed: int) -> list[Fact]:
    return _in_threads(seats, lambda number: _clients[number].act_until(ends, dice_of(number, seed)))


def _in_threads(seats: range, work: Callable[[int], list[Fact]]) -> list[Fact]:
    with ThreadPoolExecutor(len(seats)) as threads:
        return _gathered([threads.submit(work, number) for number in seats])


def _gathered(waiting: list["Future[list[Fact]]"]) -> list[Fact]:
    return [fact for future in waiting for fact in future.result()]

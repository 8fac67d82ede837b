"""Time several callables side by side, so that what disturbs the machine disturbs all of them."""

import gc
import random
from collections.abc import Callable, Mapping
from statistics import quantiles
from time import perf_counter_ns
from typing import Any, NamedTuple

WARM_UP_CALLS = 30
ROUNDS_BETWEEN_COLLECTIONS = 16


class Quartiles(NamedTuple):
    """A median and what stands beside it."""

    low: float
    median: float
    high: float


def interleave(
    subjects: Mapping[str, Callable[[], Any]], *, rounds: int, seed: int = 1
) -> dict[str, list[float]]:
    """Return for each subject the nanoseconds of a call, one number a round.

    Every round calls every subject once, in an order drawn anew: a call is
    shorter than the time that the system gives to another process, so that
    the median knows nothing of those. Garbage is collected between rounds.
    """
    order = list(subjects)
    draw = random.Random(seed)
    times: dict[str, list[float]] = {name: [] for name in order}
    for call in subjects.values():
        _warm_up(call)
    gc.collect()
    gc.freeze()
    gc.disable()
    for number in range(rounds):
        if number % ROUNDS_BETWEEN_COLLECTIONS == 0:
            gc.collect()
        draw.shuffle(order)
        for name in order:
            times[name].append(_time(subjects[name]))
    gc.enable()
    gc.unfreeze()
    return times


def _warm_up(call: Callable[[], Any]) -> None:
    for _ in range(WARM_UP_CALLS):
        call()


def _time(call: Callable[[], Any]) -> int:
    started = perf_counter_ns()
    call()
    return perf_counter_ns() - started


def quartiles(values: list[float]) -> Quartiles:
    """Return the median of the values and the quartiles around it."""
    if len(values) < 2:
        return Quartiles(values[0], values[0], values[0])
    return Quartiles(*quantiles(values, n=4, method="inclusive"))


def ratios(times: list[float], baseline: list[float]) -> list[float]:
    """Return the ratios to the baseline, each within one round."""
    return [time / base for time, base in zip(times, baseline, strict=True)]

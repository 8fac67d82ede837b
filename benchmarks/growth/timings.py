"""How long operations take: all sizes in turn, so that what disturbs the machine disturbs all alike."""

import gc
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.growth.installations import Installation
from benchmarks.growth.operations import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Quartiles of repeated runs, in milliseconds."""

    low: float
    median: float
    high: float


Timings = dict[tuple[Operation, str], Timing]


def measure(operations: Sequence[Operation], places: Sequence[Installation], *, repetitions: int) -> Timings:
    """Run every operation at every size so many times, and return the quartiles by operation and size."""
    taken: dict[tuple[Operation, str], list[float]] = {
        (operation, place.size.name): [] for operation in operations for place in places
    }
    for repetition in range(repetitions):
        for operation in operations:
            for place in places:
                taken[operation, place.size.name].append(_milliseconds(operation, place, repetition))
    return {key: _quartiles(values) for key, values in taken.items()}


def _milliseconds(operation: Operation, place: Installation, repetition: int) -> float:
    with place.in_use():
        gc.collect(0)
        gc.disable()
        try:
            begun = time.perf_counter()
            operation.run(place, repetition)
            return (time.perf_counter() - begun) * 1000
        finally:
            gc.enable()


def _quartiles(values: Sequence[float]) -> Timing:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Timing(low=low, median=median, high=high)

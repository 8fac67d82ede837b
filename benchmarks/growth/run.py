"""One run: make the rows once, measure everything on them, then seal and prune."""

import sys
import time
from collections.abc import Sequence

from benchmarks.growth import tables
from benchmarks.growth.installations import Installation, installations
from benchmarks.growth.operations import Operation, operations
from benchmarks.growth.plans import Plan, explain, statements_of
from benchmarks.growth.rows import fill, settle
from benchmarks.growth.sizes import sizes
from benchmarks.growth.storage import storage_of
from benchmarks.growth.timings import measure
from benchmarks.growth.upkeep import measure_upkeep
from benchmarks.results import Part

_WARM_UP_AND_PLANS = 2
"""Repetitions besides the timed ones; each needs verifiers of its own."""


def run(*, quick: bool, repetitions: int) -> tuple[Part, list[str]]:
    """Return the part of the report, and what is not bounded."""
    begun = time.monotonic()
    with installations(sizes(quick=quick)) as places:
        for place in places:
            _prepare(place, verifiers=repetitions + _WARM_UP_AND_PLANS)
            _tell(f"{place.size}: rows are made", begun)
        wanted = operations()
        plans = {
            (operation, place.size.name): _plans(operation, place, repetitions)
            for operation in wanted
            for place in places
        }
        _tell("plans are read", begun)
        timings = measure(wanted, places, repetitions=repetitions)
        _tell("timed", begun)
        storage = [row for place in places for row in storage_of(place)]
        upkeep = {}
        for place in places:
            upkeep[place.size.name] = measure_upkeep(place)
            _tell(f"{place.size}: sealed and pruned", begun)
        names = [place.size.name for place in places]
        part = Part(
            part="growth",
            title="Growth",
            notes=_notes(quick=quick, repetitions=repetitions),
            tables=[
                tables.rows_table(places),
                tables.timing_table(timings, plans, names),
                tables.upkeep_table(upkeep),
                tables.size_table(storage),
                tables.plan_table(plans, names[-1]),
                tables.full_plan_table(plans, names[-1]),
            ],
            charts=tables.charts(timings, names),
        )
        return part, _offences(plans, names[-1])


def _prepare(place: Installation, *, verifiers: int) -> None:
    with place.in_use() as connection:
        fill(connection, place.size)
        place.people.settle_in(verifiers=verifiers)
        settle(connection)


def _plans(operation: Operation, place: Installation, repetitions: int) -> list[Plan]:
    # Twice: the first run fills caches that the second is not charged for.
    statements_of(operation, place, repetitions)
    sent = statements_of(operation, place, repetitions + 1)
    return [explain(statement, place) for statement in sent]


def _offences(plans: tables.Plans, name: str) -> list[str]:
    return [
        f"{operation.group}, {operation.name}: {offence}"
        for (operation, size), found in plans.items()
        if size == name
        for plan in found
        for offence in plan.offences
    ]


def _notes(*, quick: bool, repetitions: int) -> list[str]:
    notes: Sequence[str] = (
        "Each request goes through the whole example project in one process, with a token; "
        f"{repetitions} repetitions, all sizes in turn, warm caches.",
        "The first user has a hundredth of all rows, everybody else a few; the few flagged flows come last.",
        "A page is 50 rows. Deep: the page after the row in the middle of the table.",
        "Seal and prune work on genuine, signed events beside all the others.",
    )
    return [*notes, *(["Quick run: a hundredth of the rows."] if quick else [])]


def _tell(what: str, begun: float) -> None:
    print(f"{time.monotonic() - begun:7.1f} s  {what}", file=sys.stderr, flush=True)

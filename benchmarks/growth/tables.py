"""The part of the report: timings, plans, sizes and upkeep as tables and charts."""

from collections.abc import Mapping, Sequence

from benchmarks.growth.installations import Installation
from benchmarks.growth.operations import Operation
from benchmarks.growth.plans import Plan
from benchmarks.growth.timings import Timings
from benchmarks.growth.upkeep import Upkeep
from benchmarks.results import Bar, Cell, Chart, Table

Plans = Mapping[tuple[Operation, str], Sequence[Plan]]
CHARTED = {
    "guard": "flagged flow, verified",
    "status": "verified",
    "verify": "right code",
    "requests": "mine, long history",
    "audit": "all, deep",
    "own log": "page, deep",
}


def rows_table(places: Sequence[Installation]) -> Table:
    """Say how many rows each size has."""
    columns = ("flows", "users", "verifications", "requests", "events")
    return Table(
        title="Rows",
        columns=["size", *columns],
        rows=[[place.size.name, *(getattr(place.size, name) for name in columns)] for place in places],
    )


def timing_table(timings: Timings, plans: Plans, names: Sequence[str]) -> Table:
    """Say what each operation takes at each size."""
    return Table(
        title="Requests: median milliseconds through the whole example, and pages of 8 KB that are read",
        columns=[
            "what",
            "which",
            "statements",
            *(f"ms, {name}" for name in names),
            "large : small",
            *(f"pages, {name}" for name in names),
        ],
        rows=[_timing_row(operation, timings, plans, names) for operation in _operations(timings)],
    )


def plan_table(plans: Plans, name: str) -> Table:
    """Say how each statement on the package's tables runs at one size."""
    return Table(
        title=f"Plans at the size {name}: nodes with their rows (and rows dropped)",
        columns=["what", "which", "nodes", "pages", "ms", "not bounded"],
        rows=[
            [
                operation.group,
                operation.name,
                "; ".join(plan.nodes),
                plan.buffers,
                round(plan.milliseconds, 2),
                "; ".join(plan.offences),
            ]
            for operation, plan in _own_plans(plans, name)
        ],
    )


def full_plan_table(plans: Plans, name: str) -> Table:
    """Give the plans as the database prints them, of the heaviest statement of each operation."""
    heaviest: dict[Operation, Plan] = {}
    for operation, plan in _own_plans(plans, name):
        if operation not in heaviest or plan.buffers > heaviest[operation].buffers:
            heaviest[operation] = plan
    return Table(
        title=f"Plans in full at the size {name}, of the statement that reads most",
        columns=["what", "which", "plan"],
        rows=[[operation.group, operation.name, plan.text] for operation, plan in heaviest.items()],
    )


def size_table(sizes: Sequence[tuple[str, str, str, int, int]]) -> Table:
    """Say how large tables and indexes are."""
    return Table(
        title="Tables and indexes",
        columns=["size", "table", "index", "MB", "bytes a row"],
        rows=[
            [size, table, index, round(size_bytes / 2**20, 1), round(size_bytes / max(1, rows))]
            for size, table, index, size_bytes, rows in sizes
        ],
    )


def upkeep_table(upkeep: Mapping[str, Sequence[Upkeep]]) -> Table:
    """Say what seal and prune take."""
    return Table(
        title="Upkeep",
        columns=["size", "command", "rows", "seconds", "seconds a million rows"],
        rows=[
            [name, done.command, done.rows, round(done.seconds, 2), round(done.seconds_a_million, 1)]
            for name, all_done in upkeep.items()
            for done in all_done
        ],
    )


def charts(timings: Timings, names: Sequence[str]) -> list[Chart]:
    """Draw the most telling operations, each over the sizes."""
    return [
        _chart(operation, timings, names)
        for operation in _operations(timings)
        if CHARTED.get(operation.group) == operation.name
    ]


def _operations(timings: Timings) -> list[Operation]:
    return list(dict.fromkeys(operation for operation, _ in timings))


def _timing_row(operation: Operation, timings: Timings, plans: Plans, names: Sequence[str]) -> list[Cell]:
    medians = [timings[operation, name].median for name in names]
    pages = [sum(plan.buffers for plan in plans[operation, name]) for name in names]
    return [
        operation.group,
        operation.name,
        len(plans[operation, names[-1]]),
        *(round(median, 2) for median in medians),
        round(medians[-1] / medians[0], 2),
        *pages,
    ]


def _chart(operation: Operation, timings: Timings, names: Sequence[str]) -> Chart:
    found = {name: timings[operation, name] for name in names}
    return Chart(
        title=f"{operation.group}: {operation.name}",
        unit="ms",
        baseline=round(found[names[0]].median, 3),
        bars=[
            Bar(
                label=name,
                value=round(timing.median, 3),
                low=round(timing.low, 3),
                high=round(timing.high, 3),
            )
            for name, timing in found.items()
        ],
    )


def _own_plans(plans: Plans, name: str) -> list[tuple[Operation, Plan]]:
    return [
        (operation, plan)
        for (operation, size), found in plans.items()
        for plan in found
        if size == name and "drf_accessflow_mfa_" in plan.statement.sql
    ]

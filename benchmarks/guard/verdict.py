"""Whether keeping the flows in the process would be worth it."""

from collections.abc import Mapping

from benchmarks.guard.rows import Row

UNITS = {
    "calls": "Python calls",
    "sqlite": "time on SQLite",
    "postgresql": "time on PostgreSQL",
    "prepared": "time on PostgreSQL with prepared statements",
    "instructions": "instructions",
}


def snapshot_verdict(title: str, rows: Mapping[str, Row]) -> list[str]:
    """Return how the experiment with flows kept in the process compares with the guard."""
    ours, kept = rows.get("ours"), rows.get("ours_snapshot")
    if ours is None or kept is None:
        return []
    compared = [
        f"{name} {_shown(there)} against {_shown(here)}"
        for unit, name in UNITS.items()
        if (there := kept.number(unit)) is not None and (here := ours.number(unit)) is not None
    ]
    return [
        f"{title}: with flows kept in the process, and their version asked at every request so that a flag "
        f"binds the next one, {', '.join(compared)} where they are read. The statement stays either way."
    ]


def _shown(number: float) -> str:
    return f"{number:.3f}" if isinstance(number, float) else f"+{number}"

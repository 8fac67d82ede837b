"""One guard with one credential, over all databases that were measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rounds import Quartiles, quartiles, ratios

LIMITS = ("plain", "statement")
"""What shows how cheap a guard could be, and is none."""


@dataclass(slots=True, kw_only=True)
class Row:
    """What one guard costs more than the plain view with the same credential."""

    key: str
    label: str
    statements: int
    calls: int
    modules: Mapping[str, int]
    """Calls by module, as they are, not as they differ."""
    ratio: dict[str, Quartiles] = field(default_factory=dict)
    """The time, by kind of database."""
    microseconds: dict[str, float] = field(default_factory=dict)
    instructions: float | None = None
    """As a ratio, like the time."""

    @property
    def is_ours(self) -> bool:
        """Whether it is a guard of this package."""
        return self.key.startswith("ours")

    def number(self, unit: str) -> float | None:
        """Return one of the numbers by its name."""
        if unit in {"statements", "calls", "instructions"}:
            value: float | None = getattr(self, unit)
            return value
        found = self.ratio.get(unit)
        return None if found is None else found.median


def rows_of(measured: Mapping[str, list[dict[str, Any]]]) -> dict[str, Row]:
    """Return the rows, the plain view first, from what was measured on each kind of database."""
    rows: dict[str, Row] = {}
    for database, numbers in measured.items():
        plain = numbers[0]
        for number in numbers:
            row = rows.setdefault(
                number["key"],
                Row(
                    key=number["key"],
                    label=number["label"],
                    statements=number["statements"] - plain["statements"],
                    calls=number["calls"] - plain["calls"],
                    modules=number["modules"],
                ),
            )
            row.ratio[database] = quartiles(ratios(number["times"], plain["times"]))
            row.microseconds[database] = quartiles(number["times"]).median / 1000
    return rows

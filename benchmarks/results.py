"""What each part hands over to the report: tables and charts, as JSON in ``build/bench``."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.environments import BUILD

Cell = str | float | int


@dataclass(slots=True, kw_only=True)
class Table:
    """Rows under a title."""

    title: str
    columns: list[str]
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A value, with its quartiles where it varies."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(slots=True, kw_only=True)
class Chart:
    """Bars under a title."""

    title: str
    unit: str
    baseline: float | None = None
    """Where a line is drawn: what all bars are compared with."""
    bars: list[Bar] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Part:
    """One part of the benchmarks."""

    part: str
    title: str
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def write(self) -> Path:
        """Write it to where the report finds it."""
        BUILD.mkdir(parents=True, exist_ok=True)
        path = BUILD / f"{self.part}.json"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False))
        return path


def read_part(name: str) -> Part | None:
    """Return a part that was written, or ``None``."""
    path = BUILD / f"{name}.json"
    if not path.exists():
        return None
    read = json.loads(path.read_text())
    return Part(
        part=read["part"],
        title=read["title"],
        notes=read["notes"],
        tables=[Table(**table) for table in read["tables"]],
        charts=[
            Chart(**{**chart, "bars": [Bar(**bar) for bar in chart["bars"]]}) for chart in read["charts"]
        ],
    )

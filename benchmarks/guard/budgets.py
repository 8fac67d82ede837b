"""The budgets of the guard, each against what was measured."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.guard.rows import Row
from benchmarks.results import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a subject may cost more than the plain view."""

    what: str
    subject: str
    limit: float
    unit: str


_COUNTED = (
    Budget(what="SQL statements", subject="ours", limit=1, unit="statements"),
    Budget(what="Python calls", subject="ours", limit=150, unit="calls"),
)
_OF_TOKENS = (*_COUNTED, Budget(what="instructions, SQLite", subject="ours", limit=1.15, unit="instructions"))
_CLAIMS = "requirement in the claims: "
BUDGETS = {
    "session": (
        *_COUNTED,
        Budget(what="instructions, SQLite", subject="ours", limit=1.07, unit="instructions"),
        Budget(what="time, SQLite", subject="ours", limit=1.10, unit="sqlite"),
        Budget(what="time, PostgreSQL", subject="ours", limit=1.25, unit="postgresql"),
        Budget(what="time, PostgreSQL with prepared statements", subject="ours", limit=1.25, unit="prepared"),
    ),
    "token": _OF_TOKENS,
    "basic": _OF_TOKENS,
    "knox": _OF_TOKENS,
    "oauth2": _OF_TOKENS,
    "jwt": (
        *_OF_TOKENS,
        Budget(what=_CLAIMS + "SQL statements", subject="ours_claims", limit=0, unit="statements"),
        Budget(what=_CLAIMS + "instructions, SQLite", subject="ours_claims", limit=1.08, unit="instructions"),
        Budget(what=_CLAIMS + "time, SQLite", subject="ours_claims", limit=1.08, unit="sqlite"),
        Budget(what=_CLAIMS + "time, PostgreSQL", subject="ours_claims", limit=1.08, unit="postgresql"),
    ),
}
"""By credential."""


def budget_table(title: str, rows: Mapping[str, Row], credential: str) -> Table:
    """Return the budgets of a credential, with what was measured and whether it keeps."""
    table = Table(title=title, columns=["budget", "at most", "measured", "kept"])
    for budget in BUDGETS[credential]:
        row = rows.get(budget.subject)
        measured = None if row is None else row.number(budget.unit)
        if measured is not None:
            kept = "yes" if measured <= budget.limit else "**no**"
            table.rows.append([budget.what, budget.limit, round(measured, 3), kept])
    return table

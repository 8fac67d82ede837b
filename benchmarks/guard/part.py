"""The guards, with every credential, on every database."""

from collections.abc import Mapping

from benchmarks.databases import KINDS
from benchmarks.guard.budgets import budget_table
from benchmarks.guard.rows import Row, rows_of
from benchmarks.guard.tables import (
    COLUMNS_OF_FASTER,
    TITLES,
    guard_chart,
    guard_table,
    rows_of_faster,
    where_the_calls_go,
)
from benchmarks.guard.verdict import snapshot_verdict
from benchmarks.instructions import find_absence as why_no_instructions
from benchmarks.instructions import instructions_of
from benchmarks.options import Options
from benchmarks.results import Part, Table
from benchmarks.running import Runner

ROUNDS = 400
COUNTED_BY_INSTRUCTION = {
    "session": ("plain", "statement", "ours", "ours_snapshot", "django_otp", "allauth"),
    "token": ("plain", "ours"),
    "jwt": ("plain", "ours", "ours_claims"),
}
"""In the first environment; each takes half a minute."""
NOTES = (
    "One process a credential and a database, all guards in it: each round sends a request through each, "
    "in an order drawn anew, through Django's own handler with the middleware of that guard. Ratios are "
    "taken within a round, against the view without a guard; median, and the quartiles in brackets. SQL "
    "statements and Python calls are what the guard adds. `SELECT 1` is the least that one statement costs, "
    "and a row read by its key the least that one costs which looks at a table.",
    "Base: the middleware that `startproject` writes, and a DRF view that answers JSON. SQLite is a file "
    "with WAL; PostgreSQL keeps its connections (`CONN_MAX_AGE = None`), and once more with statements that "
    "it prepares (docs/operations.md). `DEBUG` and the access log are off, "
    "sessions lie in the database, Basic uses a fast password hasher for all (with Django's own, every ratio "
    "would be 1).",
    "Guards that are missing with a credential know only the session. For drf-totp with a token, the check "
    "that its documentation asks for always says yes. With OAuth2 toolkit, `FamilyValidator` is on for all "
    "views.",
)


def measure(runners: dict[str, dict[str, Runner]], options: Options) -> Part:
    """Measure on these runners, by environment and kind of database."""
    part = Part(part="guard", title="The guard", notes=list(NOTES))
    faster = Table(title="Where somebody is faster than ours", columns=COLUMNS_OF_FASTER)
    absence = why_no_instructions()
    if absence:
        part.notes.append(f"No instructions: {absence}.")
    for by_kind in runners.values():
        is_first = by_kind is next(iter(runners.values()))
        for credential in ("session", "token") if options.quick else TITLES:
            rows = _rows(part, by_kind, credential, options)
            if not absence and not options.quick and (is_first or options.all_instructions):
                _count_instructions(by_kind["sqlite"], rows, credential, options)
            _add(part, faster, by_kind, credential, rows)
    part.tables.append(faster)
    return part


def _rows(part: Part, by_kind: dict[str, Runner], credential: str, options: Options) -> dict[str, Row]:
    title = _title(by_kind, credential)
    print(f"guard: {title}", flush=True)
    size = ("--rounds", str(options.rounds(ROUNDS)))
    measured = {
        kind: runner.numbers("benchmarks.guard.measure", *size, credential=credential)
        for kind, runner in by_kind.items()
    }
    broken = {label: why for numbers in measured.values() for label, why in numbers["broken"].items()}
    part.notes += [f"{title}: {label} does not work: {why}." for label, why in broken.items()]
    return rows_of({kind: numbers["rows"] for kind, numbers in measured.items()})


def _count_instructions(runner: Runner, rows: Mapping[str, Row], credential: str, options: Options) -> None:
    """Add the instructions to the rows, as ratios."""
    keys = tuple(rows) if options.all_instructions else COUNTED_BY_INSTRUCTION.get(credential, ())
    plain = 0.0
    for key in keys:
        if key in rows:
            counted = instructions_of(runner, "benchmarks.guard.driver", key, credential=credential)
            plain = plain or counted
            rows[key].instructions = counted / plain


def _add(
    part: Part, faster: Table, by_kind: dict[str, Runner], credential: str, rows: Mapping[str, Row]
) -> None:
    title = _title(by_kind, credential)
    part.tables += [
        guard_table(title, rows),
        budget_table(f"Budgets: {title}", rows, credential),
    ]
    if credential == "session":
        part.tables.append(where_the_calls_go(f"Where the calls go: {title}", rows))
        part.notes += snapshot_verdict(title, rows)
    drawn = KINDS if credential == "session" else KINDS[:1]
    part.charts += [guard_chart(title, rows, kind) for kind in drawn if kind in by_kind]
    faster.rows += rows_of_faster(title, rows)


def _title(by_kind: dict[str, Runner], credential: str) -> str:
    version = by_kind["sqlite"].environment.versions["django"]
    return f"Guard with {TITLES[credential]}, Django {version}"

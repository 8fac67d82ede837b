"""Tables and charts of the guards."""

from collections.abc import Mapping

from benchmarks.guard.rows import LIMITS, Row
from benchmarks.results import Bar, Cell, Chart, Table

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "prepared": "PostgreSQL, prepared"}
TITLES = {
    "session": "a session",
    "token": "a DRF token",
    "basic": "Basic authentication",
    "knox": "a knox token",
    "jwt": "a token of simplejwt",
    "oauth2": "a token of OAuth2 toolkit",
}
COLUMNS_OF_FASTER = ["where", "who is faster than `RequiresMFA`", "SQL statements", "how much"]
MODULES_SHOWN = 12


def guard_table(title: str, rows: Mapping[str, Row]) -> Table:
    """Return what each guard adds: counts, and ratios with their quartiles."""
    databases = list(rows["plain"].ratio)
    counted = any(row.instructions for row in rows.values())
    columns = ["guard", "SQL statements", "Python calls", *(f"time, {NAMES[name]}" for name in databases)]
    table = Table(title=title, columns=[*columns, *(["instructions"] if counted else [])])
    for row in rows.values():
        cells: list[Cell] = [row.label, f"+{row.statements}", f"{row.calls:+d}"]
        cells += [_time(row, name) for name in databases]
        if counted:
            cells.append(f"{row.instructions:.3f}" if row.instructions else "")
        table.rows.append(cells)
    return table


def guard_chart(title: str, rows: Mapping[str, Row], database: str) -> Chart:
    """Return the ratios on one kind of database as bars."""
    return Chart(
        title=f"{title}, {NAMES[database]}",
        unit="x the time of the view without a guard",
        baseline=1.0,
        bars=[
            Bar(
                label=row.label,
                value=row.ratio[database].median,
                low=row.ratio[database].low,
                high=row.ratio[database].high,
            )
            for row in rows.values()
        ],
    )


def rows_of_faster(title: str, rows: Mapping[str, Row]) -> list[list[Cell]]:
    """Return a row for each guard of others that takes less time than ours, on any database."""
    ours = rows["ours"]
    found: list[list[Cell]] = []
    for row in rows.values():
        faster = [
            f"{NAMES[name]} {ratio.median:.2f} against {ours.ratio[name].median:.2f}"
            for name, ratio in row.ratio.items()
            if ratio.median < ours.ratio[name].median
        ]
        if faster and not row.is_ours and row.key not in LIMITS:
            found.append([title, row.label, f"+{row.statements}", "; ".join(faster)])
    return found


def where_the_calls_go(title: str, rows: Mapping[str, Row]) -> Table:
    """Return in which modules the calls are that ours makes and the plain view does not."""
    ours, plain = rows["ours"].modules, rows["plain"].modules
    more = {name: ours.get(name, 0) - plain.get(name, 0) for name in {*ours, *plain}}
    order = sorted((name for name in more if more[name]), key=lambda name: (-abs(more[name]), name))
    table = Table(title=title, columns=["module", "calls"])
    table.rows = [[f"`{name}`", f"{more[name]:+d}"] for name in order[:MODULES_SHOWN]]
    rest = sum(more[name] for name in order[MODULES_SHOWN:])
    if rest:
        table.rows.append(["all others", f"{rest:+d}"])
    return table


def _time(row: Row, database: str) -> str:
    if row.key == "plain":
        return f"1 ({row.microseconds[database]:.0f} µs)"
    low, median, high = row.ratio[database]
    return f"{median:.2f} ({low:.2f} to {high:.2f})"

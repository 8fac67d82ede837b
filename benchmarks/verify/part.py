"""Verifying one code: in process, and under a load of several clients."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from benchmarks.environments import Environment
from benchmarks.guard.tables import NAMES, TITLES
from benchmarks.options import Options
from benchmarks.results import Bar, Cell, Chart, Part, Table
from benchmarks.rounds import Quartiles, quartiles, ratios
from benchmarks.running import Runner
from benchmarks.verify import throughput

ROUNDS = 120
STORMS, USERS = 3, 150
BASE = "django_otp"
STATEMENTS_BUDGET, RATIO_BUDGET = 8, 1.3
NOTES = (
    "Each request brings the right code of another user, the first since they enrolled. Ours charges the "
    "attempt budget, writes proof and audit event in the same transaction and renews the session's key; the "
    "view around `django_otp.verify_token`, allauth and drf-totp note the success in the session, which lies "
    "in the database.",
    "Statements and calls are those of the whole request, authentication included; statements that only open "
    "or close a transaction are left out. Ratios to the view around `django_otp.verify_token`, within "
    "interleaved rounds; median and quartiles. SQLite syncs at every commit.",
    f"Throughput: {throughput.WORKERS} processes of gunicorn on PostgreSQL, clients on the same machine, "
    f"sessions; median of {STORMS} rounds. The plain insert is what database and framework allow at most.",
)


def measure(runners: dict[str, dict[str, Runner]], options: Options) -> Part:
    """Measure on these runners, by environment and kind of database."""
    part = Part(part="verify", title="Verifying a code", notes=list(NOTES))
    for by_kind in runners.values():
        environment = next(iter(by_kind.values())).environment
        for credential in ("session", "token"):
            _in_process(part, environment, by_kind, credential, options)
        if "postgresql" in by_kind:
            _under_load(part, by_kind["postgresql"], options)
    return part


def _in_process(
    part: Part, environment: Environment, by_kind: dict[str, Runner], credential: str, options: Options
) -> None:
    title = f"Verify with {TITLES[credential]}, Django {environment.versions['django']}"
    print(f"verify: {title}", flush=True)
    size = ("--rounds", str(options.rounds(ROUNDS)))
    measured = {
        kind: {
            row["key"]: row
            for row in runner.numbers("benchmarks.verify.measure", *size, credential=credential)
        }
        for kind, runner in by_kind.items()
    }
    spread = {
        kind: {key: quartiles(ratios(row["times"], rows[BASE]["times"])) for key, row in rows.items()}
        for kind, rows in measured.items()
    }
    part.tables.append(_table(title, measured, spread))
    kind = "postgresql" if "postgresql" in spread else "sqlite"
    part.charts.append(_chart(f"{title}, {NAMES[kind]}", measured[kind], spread[kind]))
    part.notes += [_verdict(title, measured, spread), *_where_slower(title, measured, spread)]


def _table(
    title: str, measured: Mapping[str, Mapping[str, Any]], spread: Mapping[str, Mapping[str, Quartiles]]
) -> Table:
    columns = ["verify", "SQL statements", "Python calls", *(f"time, {NAMES[kind]}" for kind in measured)]
    table = Table(title=title, columns=columns)
    for key, row in next(iter(measured.values())).items():
        cells: list[Cell] = [row["label"], row["statements"], row["calls"]]
        for kind, rows in measured.items():
            low, middle, high = spread[kind][key]
            milliseconds = median(rows[key]["times"]) / 1e6
            cells.append(f"{middle:.2f} ({low:.2f} to {high:.2f}), {milliseconds:.1f} ms")
        table.rows.append(cells)
    return table


def _chart(title: str, rows: Mapping[str, Any], spread: Mapping[str, Quartiles]) -> Chart:
    chart = Chart(title=title, unit="x the time of a view around django_otp.verify_token", baseline=1.0)
    for key, row in rows.items():
        low, middle, high = spread[key]
        chart.bars.append(Bar(label=row["label"], value=middle, low=low, high=high))
    return chart


def _verdict(
    title: str, measured: Mapping[str, Mapping[str, Any]], spread: Mapping[str, Mapping[str, Quartiles]]
) -> str:
    ours = next(iter(measured.values()))["ours"]
    times = ", ".join(f"{NAMES[kind]} {found['ours'].median:.2f}" for kind, found in spread.items())
    kept = ours["statements"] <= STATEMENTS_BUDGET and all(
        found["ours"].median <= RATIO_BUDGET for found in spread.values()
    )
    return (
        f"{title}: the budget is {STATEMENTS_BUDGET} statements and {RATIO_BUDGET} times the view around "
        f"`django_otp.verify_token`; measured {ours['statements']} statements, {times}: "
        f"{'kept' if kept else 'not kept'}."
    )


def _where_slower(
    title: str, measured: Mapping[str, Mapping[str, Any]], spread: Mapping[str, Mapping[str, Quartiles]]
) -> list[str]:
    """Return who takes less time than ours, on any database."""
    found = []
    for key, row in next(iter(measured.values())).items():
        faster = [
            f"{NAMES[kind]} {ways[key].median:.2f} against {ways['ours'].median:.2f}"
            for kind, ways in spread.items()
            if key not in {"ours", "insert"} and ways[key].median < ways["ours"].median
        ]
        if faster:
            found.append(f"{title}: {row['label']} is faster than ours: {', '.join(faster)}.")
    return found


def _under_load(part: Part, runner: Runner, options: Options) -> None:
    title = f"Codes a second, Django {runner.environment.versions['django']}, PostgreSQL"
    print(f"verify: {title}", flush=True)
    found = throughput.measure(runner, rounds=1 if options.quick else STORMS, users=USERS)
    columns = ["verify", *(f"{clients} clients" for clients in throughput.CLIENTS)]
    table = Table(title=title, columns=columns)
    chart = Chart(
        title=title, unit=f"codes a second, {throughput.CLIENTS[-1]} clients, {throughput.WORKERS} workers"
    )
    for rates in found.values():
        table.rows.append(
            [rates.label, *(round(median(rates.by_clients[clients])) for clients in throughput.CLIENTS)]
        )
        most = rates.by_clients[throughput.CLIENTS[-1]]
        chart.bars.append(Bar(label=rates.label, value=median(most), low=min(most), high=max(most)))
    part.tables.append(table)
    part.charts.append(chart)

"""Import and memory, beside the dependencies and beside the peers."""

import json
import os
import random
import subprocess
from statistics import median
from typing import Any

from benchmarks.environments import ROOT, Environment
from benchmarks.options import Options
from benchmarks.results import Bar, Cell, Chart, Part, Table
from benchmarks.rounds import Quartiles, quartiles, ratios
from benchmarks.running import Runner
from benchmarks.startup.projects import PROJECTS

ROUNDS = 40
BUDGET = 1.15
NOTES = (
    "Each number is of a new process that sets up a project of this package or that beside Django, DRF and "
    "django-otp: time of the processor from the first import to the last, resident memory after it. "
    "Interleaved rounds in an order drawn anew; ratios within a round, with quartiles.",
)


def measure(runners: dict[str, dict[str, Runner]], options: Options) -> Part:
    """Measure in each environment."""
    part = Part(part="startup", title="Import and memory", notes=list(NOTES))
    for by_kind in runners.values():
        environment = next(iter(by_kind.values())).environment
        print(f"startup: {environment.title}", flush=True)
        _add(part, environment, _rounds(environment, options.rounds(ROUNDS)))
    return part


def _rounds(environment: Environment, rounds: int) -> dict[str, list[dict[str, Any]]]:
    # As pip does with what it installs: else a process that keeps no bytecode compiles this tree each time.
    written = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    for folder in ("drf_accessflow_mfa", "benchmarks"):
        compiling = [str(environment.python), "-m", "compileall", "-q", folder]
        subprocess.run(compiling, cwd=ROOT.parent, env=written, check=True)
    keys = [key for key, project in PROJECTS.items() if project.peer not in environment.absent]
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
    order, draw = list(keys), random.Random(1)
    for key in keys:
        _start(environment, key)
    for _ in range(rounds):
        draw.shuffle(order)
        for key in order:
            found[key].append(_start(environment, key))
    return found


def _start(environment: Environment, key: str) -> dict[str, Any]:
    command = [str(environment.python), "-m", "benchmarks.startup.child", key]
    done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, check=True)
    started: dict[str, Any] = json.loads(done.stdout)
    return started


def _add(part: Part, environment: Environment, found: dict[str, list[dict[str, Any]]]) -> None:
    title = f"Import, Django {environment.versions['django']}"
    table = Table(title=title, columns=["project", "ms", "ratio", "memory, MiB", "modules"])
    chart = Chart(title=title, unit="x the time of importing Django, DRF and django-otp", baseline=1.0)
    ground = [run["seconds"] for run in found["ground"]]
    for key, runs in found.items():
        seconds = [run["seconds"] for run in runs]
        spread = quartiles(ratios(seconds, ground))
        table.rows.append(_row(PROJECTS[key].label, runs, seconds, spread))
        chart.bars.append(
            Bar(label=PROJECTS[key].label, value=spread.median, low=spread.low, high=spread.high)
        )
    part.tables.append(table)
    part.charts.append(chart)
    part.notes.append(_verdict(title, found, ground))


def _row(label: str, runs: list[dict[str, Any]], seconds: list[float], spread: Quartiles) -> list[Cell]:
    return [
        label,
        round(median(seconds) * 1000),
        f"{spread.median:.2f} ({spread.low:.2f} to {spread.high:.2f})",
        round(median(run["kib"] for run in runs) / 1024, 1),
        runs[0]["modules"],
    ]


def _verdict(title: str, found: dict[str, list[dict[str, Any]]], ground: list[float]) -> str:
    measured = quartiles(ratios([run["seconds"] for run in found["ours"]], ground)).median
    kept = "kept" if measured <= BUDGET else "not kept"
    return f"{title}: the budget is {BUDGET} with the guard, measured {measured:.2f}: {kept}."

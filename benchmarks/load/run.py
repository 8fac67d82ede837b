"""One run: seed, serve, load, and judge."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.load import tables
from benchmarks.load.books import books_of, differences
from benchmarks.load.crowd import Load, run_crowd
from benchmarks.load.facts import Fact
from benchmarks.load.oracle import Oracle
from benchmarks.load.server import Server, environment, run, serving
from benchmarks.load.watch import Sample, Watch, connections_of
from benchmarks.results import Part

SEED = "from pathlib import Path; from benchmarks.load.seed import seed; "
MOST_GROWTH = 1.1
"""Of the workers' memory, from the middle of the load to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the load showed."""

    settled: list[Fact]
    """From before the load."""
    facts: list[Fact]
    samples: list[tuple[str, Sample]]
    wrong: list[str]


def run_load(load: Load, database_url: str, *, members: int) -> tuple[Part, list[str]]:
    """Return the part of the report, and everything that was wrong."""
    variables = environment(database_url)
    with TemporaryDirectory() as folder:
        world = Path(folder) / "world.json"
        run("manage.py", "migrate", "--verbosity", "0", variables=variables)
        run("manage.py", "seed_demo", "--verbosity", "0", variables=variables)
        seeding = f"seed(Path({str(world)!r}), seats={load.seats}, members={members})"
        run("manage.py", "shell", "--no-imports", "--command", SEED + seeding, variables=variables)
        with serving(variables, Path(folder)) as server:
            outcome = _loaded(load, server, world, database_url)
        left = connections_of(database_url)[0]
    wrong = [*outcome.wrong, *([f"{left} connections outlived the server"] if left else [])]
    return _part(load, outcome, wrong), wrong


def _loaded(load: Load, server: Server, world: Path, database_url: str) -> Outcome:
    watch = Watch(server=server, database_url=database_url, every_seconds=max(0.5, load.seconds / 60))
    before, books = watch.take(), books_of(database_url)
    settled, facts = run_crowd(load, server.wire, world, while_running=watch.until)
    everything = [*settled, *facts]
    after = watch.take()
    first, middle, last = watch.during
    named = [("before", before), ("warm", first), ("middle", middle), ("end", last), ("after", after)]
    wrong = [
        *Oracle(everything).wrong(),
        *differences(everything, before=books, after=books_of(database_url)),
        *server.errors(),
        *_held_too_much([*watch.samples, after], middle=middle, last=last),
    ]
    return Outcome(settled=settled, facts=facts, samples=named, wrong=wrong)


def _held_too_much(samples: list[Sample], *, middle: Sample, last: Sample) -> Iterator[str]:
    workers = samples[0].workers
    if any(sample.workers != workers for sample in samples):
        yield "workers were replaced"
    if last.megabytes > middle.megabytes * MOST_GROWTH:
        yield f"the workers grew from {middle.megabytes:.0f} to {last.megabytes:.0f} MB"
    most = max(sample.connections for sample in samples)
    if most > len(workers):
        yield f"{most} connections for {len(workers)} workers"
    if samples[-1].stuck:
        yield f"{samples[-1].stuck} connections are left inside a transaction"


def _part(load: Load, outcome: Outcome, wrong: list[str]) -> Part:
    oracle = Oracle([*outcome.settled, *outcome.facts])
    rate = len(outcome.facts) / load.seconds
    notes = [
        f"{load.seats} clients in {load.processes} processes, each with one request under way, "
        f"for {load.seconds:.0f} s: {len(outcome.facts)} answers, {rate:.0f} a second.",
        "Of 100 requests 95 are guarded reads, 2 change what a member can show, 2 are denials, "
        "and 1 flags or unflags a flow; 10 reads of a plain view come on top. Tokens, PostgreSQL, "
        "gunicorn with the example's configuration.",
        "Every answer was checked against what must have been true: "
        + (f"{len(wrong)} were wrong." if wrong else "nothing was wrong."),
        *wrong[:20],
    ]
    return Part(
        part="load",
        title="Under load",
        notes=notes,
        tables=[
            tables.latency_table(outcome.facts),
            tables.answers_table(outcome.facts, oracle),
            tables.holdings_table(outcome.samples),
        ],
        charts=[tables.latency_chart(outcome.facts)],
    )

"""The part of the report."""

import statistics
from collections import Counter
from collections.abc import Sequence

from benchmarks.load.facts import Act, Fact, Verdict
from benchmarks.load.oracle import Oracle
from benchmarks.load.watch import Sample
from benchmarks.results import Bar, Cell, Chart, Table

QUANTILES = {"median": 0.5, "90 %": 0.9, "99 %": 0.99, "99.9 %": 0.999}
COMPARED = {
    "plain view": (Act.PLAIN, Verdict.DONE),
    "guarded, passed": (Act.READ, Verdict.DONE),
    "guarded, challenged": (Act.READ, Verdict.CHALLENGED),
    "verification": (Act.VERIFY, Verdict.DONE),
    "policy change": (Act.FLAG, Verdict.DONE),
}


def answers_table(facts: Sequence[Fact], oracle: Oracle) -> Table:
    """Say how many answers there were, of which kind."""
    counted = Counter((fact.act, fact.verdict) for fact in facts)
    overlapping = Counter((fact.act, fact.verdict) for fact in facts if oracle.overlaps(fact))
    return Table(
        title="Answers",
        columns=["act", "answer", "number", "while a change was under way"],
        rows=[
            [act.value, verdict.value, number, overlapping[act, verdict]]
            for (act, verdict), number in sorted(counted.items())
        ],
    )


def latency_table(facts: Sequence[Fact]) -> Table:
    """Say how long the answers took, beside those of the plain view."""
    columns = ["answer", "number", *(f"ms, {name}" for name in QUANTILES), "median, plain = 1"]
    plain = _milliseconds(facts, *COMPARED["plain view"])
    rows: list[list[Cell]] = []
    for name, wanted in COMPARED.items():
        taken = _milliseconds(facts, *wanted)
        if taken and plain:
            quantiles = [round(_quantile(taken, share), 1) for share in QUANTILES.values()]
            ratio = round(statistics.median(taken) / statistics.median(plain), 3)
            rows.append([name, len(taken), *quantiles, ratio])
    return Table(title="Latency under load", columns=columns, rows=rows)


def holdings_table(samples: Sequence[tuple[str, Sample]]) -> Table:
    """Say what the server held at some moments."""
    return Table(
        title="Workers and connections",
        columns=["moment", "MB, all workers", "MB, each worker", "connections", "inside a transaction"],
        rows=[
            [
                name,
                round(sample.megabytes, 1),
                ", ".join(f"{size / 2**20:.1f}" for size in sample.rss_bytes),
                sample.connections,
                sample.stuck,
            ]
            for name, sample in samples
        ],
    )


def latency_chart(facts: Sequence[Fact]) -> Chart:
    """Draw medians with their quartiles."""
    taken = {name: _milliseconds(facts, *wanted) for name, wanted in COMPARED.items()}
    bars = [
        Bar(
            label=name,
            value=round(_quantile(values, 0.5), 2),
            low=round(_quantile(values, 0.25), 2),
            high=round(_quantile(values, 0.75), 2),
        )
        for name, values in taken.items()
        if values
    ]
    return Chart(title="Latency under load", unit="ms", baseline=bars[0].value if bars else None, bars=bars)


def _milliseconds(facts: Sequence[Fact], act: Act, verdict: Verdict) -> list[float]:
    return sorted(fact.seconds * 1000 for fact in facts if (fact.act, fact.verdict) == (act, verdict))


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

"""Measure all guards with one credential on one database, and write the numbers.

Runs in one of the built environments, see ``benchmarks.running``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import django

from benchmarks.counting import calls_by_module, statements_of
from benchmarks.rounds import interleave

COUNTED_AFTER_CALLS = 5
COUNTED_TIMES = 3


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    django.setup()
    options.out.write_text(json.dumps(measure(rounds=options.rounds)))


def measure(*, rounds: int) -> dict[str, Any]:
    """Return a row for each guard, its counts and its times in nanoseconds, and why others have none."""
    from benchmarks.guard.prepare import prepared

    found, broken = prepared()
    rows = [{"key": key, "label": subject.label, **_counted(call)} for key, (subject, call) in found.items()]
    times = interleave({key: call for key, (_, call) in found.items()}, rounds=rounds)
    return {"rows": [{**row, "times": times[row["key"]]} for row in rows], "broken": broken}


def _counted(call: Any) -> dict[str, Any]:
    for _ in range(COUNTED_AFTER_CALLS):
        call()
    # Something may be due once in a while, in whatever request comes then.
    modules = min((calls_by_module(call) for _ in range(COUNTED_TIMES)), key=lambda calls: calls.total())
    return {"statements": len(statements_of(call)), "calls": modules.total(), "modules": dict(modules)}


if __name__ == "__main__":
    main()

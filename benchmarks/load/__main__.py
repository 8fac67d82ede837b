"""``python -m benchmarks.load [--quick]``: writes ``build/bench/load.json``.

Exit codes: 0, nothing was wrong; 1, something was; 3, PostgreSQL is absent.
"""

import argparse
import random
import sys

from benchmarks.load.crowd import Load
from benchmarks.load.run import run_load
from benchmarks.postgresql import ABSENT, find_server_absence, own_database, url_of

QUICK_SECONDS = 10.0


def main() -> int:
    """Load the example, write the part of the report, and tell what was wrong."""
    options = _options()
    absence = find_server_absence()
    if absence is not None:
        print(absence, file=sys.stderr)
        return ABSENT
    load = Load(
        processes=options.processes,
        threads=options.threads,
        seconds=QUICK_SECONDS if options.quick else options.seconds,
        seed=options.seed,
    )
    print(f"seed {options.seed}", file=sys.stderr)
    with own_database("load") as name:
        part, wrong = run_load(load, url_of(name), members=options.members)
    print(part.write())
    for line in wrong:
        print(f"wrong: {line}", file=sys.stderr)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SECONDS:.0f} seconds of load.")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--processes", type=int, default=4, help="of clients")
    parser.add_argument("--threads", type=int, default=2, help="in each process")
    parser.add_argument("--members", type=int, default=20, help="users for each thread")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the dice")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

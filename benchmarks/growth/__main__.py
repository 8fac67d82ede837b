"""``python -m benchmarks.growth [--quick]``: writes ``build/bench/growth.json``.

Exit codes: 0, everything is flat; 1, a plan is not bounded by its page; 3, PostgreSQL is absent.
"""

import argparse
import logging
import os
import sys
from importlib import import_module

import django

from benchmarks.postgresql import ABSENT, find_server_absence, own_database, url_of
from benchmarks.results import Part


def main() -> int:
    """Measure, write the part of the report, and tell what is not bounded."""
    options = _options()
    absence = find_server_absence()
    if absence is not None:
        print(absence, file=sys.stderr)
        return ABSENT
    with own_database("growth") as name:
        os.environ["DATABASE_URL"] = url_of(name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "example_project.settings"
        part, offences = _measured(options)
    print(part.write())
    for offence in offences:
        print(f"not bounded: {offence}", file=sys.stderr)
    return 1 if offences else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="A hundredth of the rows.")
    parser.add_argument("--repetitions", type=int, default=21, metavar="N")
    return parser.parse_args()


def _measured(options: argparse.Namespace) -> tuple[Part, list[str]]:
    django.setup()
    logging.disable(logging.ERROR)
    # It imports models, which wait for Django.
    found: tuple[Part, list[str]] = import_module("benchmarks.growth.run").run(
        quick=options.quick, repetitions=options.repetitions
    )
    return found


if __name__ == "__main__":
    sys.exit(main())

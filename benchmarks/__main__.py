"""``python -m benchmarks [part ...]``: build the environments, measure, and write the report.

Parts are those of ``PARTS``. Whatever was measured before stays in the report.
"""

import argparse
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from benchmarks import databases, machine
from benchmarks.environments import BUILD, PYTHONS, ROOT, Environment, NotBuilt, build
from benchmarks.guard.part import measure as measure_guard
from benchmarks.options import Options
from benchmarks.peers import PEERS
from benchmarks.report import write_report
from benchmarks.results import read_part
from benchmarks.running import Runner, migrated
from benchmarks.startup.part import measure as measure_startup
from benchmarks.verify.part import measure as measure_verify

MEASURED_HERE = {"guard": measure_guard, "verify": measure_verify, "startup": measure_startup}
WITH_COMMANDS_OF_THEIR_OWN = ("growth", "load")
PARTS = (*MEASURED_HERE, *WITH_COMMANDS_OF_THEIR_OWN)


def main() -> int:
    """Measure the parts that are asked for, all by default, and write the report of all that are known."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="few rounds: to see that it runs")
    parser.add_argument("--all-instructions", action="store_true", help="of every guard: half an hour more")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the report again")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    options = Options(quick=asked.quick, all_instructions=asked.all_instructions)
    parts = () if asked.report else tuple(asked.parts) or PARTS
    unrest = machine.find_unrest()
    environments, gaps = _environments(options)
    if options.quick:
        gaps.append("A quick run: a tenth of the rounds, and no instructions.")
    if parts and unrest:
        gaps.append(f"{unrest.capitalize()}.")
    if parts:
        gaps += _measure(parts, environments, options)
    known = [part for part in map(read_part, PARTS) if part is not None]
    write_report(known, machine=machine.describe(environments), gaps=gaps)
    return 0


def _environments(options: Options) -> tuple[list[Environment], list[str]]:
    """Build the environments, and say what is not there."""
    found, gaps = [], []
    for name in list(PYTHONS)[:1] if options.quick else PYTHONS:
        try:
            found.append(build(name))
        except NotBuilt as reason:
            gaps.append(f"{reason}.")
    for environment in found:
        gaps += [
            f"{PEERS[name].package} on {environment.title}: {why}" for name, why in environment.absent.items()
        ]
    return found, gaps


def _measure(parts: Sequence[str], environments: Sequence[Environment], options: Options) -> list[str]:
    gaps = []
    absence = databases.find_absence("postgresql")
    if absence:
        gaps.append(f"Everything on PostgreSQL: {absence}.")
    kinds = [kind for kind in databases.KINDS if databases.find_absence(kind) is None]
    for part in parts:
        # What an earlier run measured must not stand for what this one could not.
        (BUILD / f"{part}.json").unlink(missing_ok=True)
    if any(part in MEASURED_HERE for part in parts):
        with _runners(environments, kinds) as runners:
            for part in parts:
                if part in MEASURED_HERE:
                    gaps += _measure_here(part, runners, options)
    for part in parts:
        if part in WITH_COMMANDS_OF_THEIR_OWN:
            gaps += _run_command(part, options)
    return gaps


def _measure_here(part: str, runners: dict[str, dict[str, Runner]], options: Options) -> list[str]:
    """Measure a part and write it, or return why it has no numbers."""
    try:
        MEASURED_HERE[part](runners, options).write()
    except (subprocess.CalledProcessError, RuntimeError):
        traceback.print_exc()
        return [f"{part}: it failed, as the output of the command says."]
    return []


@contextmanager
def _runners(
    environments: Sequence[Environment], kinds: Sequence[str]
) -> Iterator[dict[str, dict[str, Runner]]]:
    """Yield a runner for each environment and kind of database."""
    with ExitStack() as stack:
        yield {
            environment.name: {kind: stack.enter_context(migrated(environment, kind)) for kind in kinds}
            for environment in environments
        }


def _run_command(part: str, options: Options) -> list[str]:
    """Run a part that is a command of its own, and return why it has no numbers, if it has none."""
    command = [sys.executable, "-m", f"benchmarks.{part}", *(["--quick"] if options.quick else [])]
    print(f"{part}: running", flush=True)
    done = subprocess.run(command, cwd=ROOT.parent, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        return []
    print(done.stderr, file=sys.stderr)
    why = done.stderr.strip().splitlines()[-1:] or ["it failed"]
    return [f"{part}: {why[0]}"]


if __name__ == "__main__":
    sys.exit(main())

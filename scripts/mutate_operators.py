"""Change single operators of the packages that matter most, and see that the tests notice.

``make mutate-all ARGS="domain credentials devices services --sample 400"``. Prints what survived as
rows for docs/mutation.md, which holds the reasons of those that are known.
"""

import argparse
import ast
import random
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.mutation.cover import TIMES, TestMap, measure, read_map, run_jobs  # noqa: E402
from scripts.mutation.fresh import PURE  # noqa: E402
from scripts.mutation.known import is_known  # noqa: E402
from scripts.mutation.operators import Change, changes_in, mutated_tree  # noqa: E402
from scripts.mutation.rules import PACKAGE  # noqa: E402
from scripts.mutation.trial import Fate, copy_tree, mutated, try_tests  # noqa: E402

Fates = dict[int, tuple[str, str]]
FIRST_OF_THE_RULES = "tests/domain/test_acr.py::test_the_values_are_those_of_refeds_and_openid"
PACKAGES = ("domain", "credentials", "devices", "services")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one file."""

    file: str
    number: int
    change: Change

    @property
    def package(self) -> str:
        """Return which of the packages it is in."""
        return self.file.split("/")[1]


def main() -> None:
    """Try all mutants of some packages, or a sample; fail when one lives that has no reason to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=PACKAGES, help=", ".join(PACKAGES))
    parser.add_argument("--only", default="", help="only files whose path matches this")
    parser.add_argument("--sample", type=int, help="so many of each package, chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="of that choice")
    parser.add_argument("--tree", type=Path, help="a copy of the tree that an earlier run has measured")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="accessflow-mutate-") as directory:
        tree = chosen.tree or copy_tree(Path(directory))
        tests = _measured(tree)
        mutants = [
            mutant
            for package in chosen.packages
            for mutant in _chosen_of(package, tree, chosen.only, chosen.sample, chosen.seed)
        ]
        fates = _try_in_forks(tree, mutants, tests)
        _try_alone(tree, mutants, fates, tests)
    sys.exit(_report(mutants, fates))


def _measured(tree: Path) -> TestMap:
    """Return which tests run which line, measured where that was not done yet."""
    if not (tree / TIMES).exists():
        measure(tree)
    return read_map(tree)


def _chosen_of(package: str, tree: Path, only: str, sample: int | None, seed: int) -> list[Mutant]:
    found = [
        Mutant(file=str(path.relative_to(tree)), number=number, change=change)
        for path in sorted((tree / PACKAGE / package).rglob("*.py"))
        if re.search(only, str(path))
        for number, change in enumerate(changes_in(ast.parse(path.read_text())))
    ]
    if sample is None or sample >= len(found):
        return found
    return random.Random(seed).sample(found, sample)  # noqa: S311 - a choice that can be repeated


def _try_in_forks(tree: Path, mutants: list[Mutant], tests: TestMap) -> Fates:
    """Try mutants in forks: first with the tests of their own package, then with all."""
    fates: Fates = {}
    for mirror in (True, False):
        jobs = []
        for number, mutant in enumerate(mutants):
            if not _is_dead(fates.get(number)):
                folder = f"tests/{mutant.package}/" if mirror else "tests/"
                jobs.extend(_job_of(number, mutant, tests, folder))
        if jobs:
            answers = run_jobs(tree, jobs)
            fates.update({answer["job"]: (answer["fate"], answer.get("by", "")) for answer in answers})
    return fates


def _job_of(number: int, mutant: Mutant, tests: TestMap, folder: str) -> list[dict[str, Any]]:
    place = mutant.change.place
    is_fresh = mutant.file.startswith(PURE) and not place.in_function and folder == f"tests/{mutant.package}/"
    is_module = not place.in_function and not is_fresh
    # What runs at import is noticed by tests of anything in the module.
    names = tests.tests_of_file(mutant.file) if is_module else tests.find_tests(mutant.file, place, folder)
    if not (is_fresh or names) or (is_module and folder != "tests/"):
        return []
    seconds = 60 + 10 * sum(tests.seconds.get(name, 1) for name in names)
    job = {"id": number, "file": mutant.file, "number": mutant.number, "seconds": seconds}
    return [{**job, "tests": names or [FIRST_OF_THE_RULES], "fresh": is_fresh, "module": is_module}]


def _try_alone(tree: Path, mutants: list[Mutant], fates: Fates, tests: TestMap) -> None:
    """Try in a process of its own what no fork can: code that runs while modules are imported."""
    for number, mutant in enumerate(mutants):
        place = mutant.change.place
        runs_at_import = place.in_function and tests.is_imported(mutant.file, place)
        is_told = fates.get(number, ("",))[0] in {Fate.SURVIVED, Fate.BROKEN} and not runs_at_import
        if _is_dead(fates.get(number)) or is_told:
            continue
        path = tree / mutant.file
        names = tests.find_tests(mutant.file, place) or tests.tests_of_file(mutant.file)
        if not names:
            fates[number] = ("untested", "")
            continue
        with mutated({path: ast.unparse(mutated_tree(path.read_text(), mutant.number))}):
            outcome = try_tests(tree, names)
        fates[number] = (outcome.fate, outcome.by)


def _is_dead(fate: tuple[str, str] | None) -> bool:
    return fate is not None and fate[0] in {Fate.KILLED, Fate.TIMED_OUT}


def _report(mutants: list[Mutant], fates: dict[int, tuple[str, str]]) -> int:
    """Print the score of each package and each survivor; return 1 where one has no known reason."""
    score = Counter((mutant.package, fates[number][0]) for number, mutant in enumerate(mutants))
    unknown = 0
    for number, mutant in enumerate(mutants):
        if not _is_dead(fates[number]):
            is_explained = is_known(mutant.file, mutant.change)
            unknown += not is_explained
            file, place = mutant.file.removeprefix(f"{PACKAGE}/"), mutant.change.place
            says = mutant.change.says.replace("|", "&#124;")
            reason = "known" if is_explained else f"{fates[number][0]}, line {place.first_line}"
            print(f"| `{file}` {place.scope or '(module)'} | `{says}` | {reason} |")
    for (package, fate), count in sorted(score.items()):
        print(f"{package:12} {fate:10} {count}")
    return 1 if unknown else 0


if __name__ == "__main__":
    main()

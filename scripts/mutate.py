"""Take rules out of the code, one at a time, and see that the tests notice.

``make mutate`` tries each mutant of ``scripts/mutation/rules.toml``; ``make
mutate-all`` then changes single operators of the packages that matter most.
docs/mutation.md says what came of it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.mutation.rules import RULES, RuleMutant, how_many_a_rule, read_mutants, sources_of  # noqa: E402
from scripts.mutation.trial import Fate, Outcome, copy_tree, mutated, try_tests  # noqa: E402


def main() -> None:
    """Try what the arguments choose; fail when a mutant lives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rule", type=int, action="append", choices=sorted(RULES), help="only these rules")
    parser.add_argument("--says", default="", help="only mutants whose description holds this")
    chosen = parser.parse_args()
    mutants = [
        mutant
        for mutant in read_mutants()
        if mutant.rule in (chosen.rule or RULES) and chosen.says in mutant.says
    ]
    with tempfile.TemporaryDirectory(prefix="accessflow-mutate-") as directory:
        lived = _try_rules(mutants, copy_tree(Path(directory)))
    sys.exit(1 if lived else 0)


def _try_rules(mutants: list[RuleMutant], tree: Path) -> list[RuleMutant]:
    """Try mutants of rules and return those that lived."""
    tests = sorted({name for mutant in mutants for name in mutant.tests})
    unchanged = try_tests(tree, tests)
    if unchanged.fate is not Fate.SURVIVED:
        sys.exit(f"Without any mutant the tests do not pass: {unchanged.by or unchanged.fate}")
    lived = []
    for mutant in mutants:
        with mutated(sources_of(mutant, tree)):
            outcome = try_tests(tree, mutant.tests)
        if outcome.fate is not Fate.KILLED:
            lived.append(mutant)
        _tell(mutant, outcome)
    for rule, count in sorted(how_many_a_rule(mutants).items()):
        dead = count - how_many_a_rule(lived)[rule]
        print(f"rule {rule:2}  {dead:3} of {count:3} killed  {RULES[rule]}")
    print(f"{len(mutants) - len(lived)} of {len(mutants)} killed")
    return lived


def _tell(mutant: RuleMutant, outcome: Outcome) -> None:
    print(f"{mutant.rule:2}  {outcome.fate:9}  {mutant.says}\n    {outcome.by}".rstrip(), flush=True)


if __name__ == "__main__":
    main()

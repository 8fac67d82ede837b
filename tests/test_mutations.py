"""The list of mutants fits the code: each still takes out what it says, and names tests that exist."""

import ast
from pathlib import Path

import pytest

from scripts.mutation.rules import ROOT, RULES, StaleMutant, how_many_a_rule, read_mutants, sources_of

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.rule}: {mutant.says}")
def test_a_mutant_still_matches_the_code_exactly_once(mutant):
    for path, source in sources_of(mutant).items():
        assert source != path.read_text()
        ast.parse(source)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.rule}: {mutant.says}")
def test_the_tests_that_shall_kill_a_mutant_exist(mutant):
    assert all((ROOT / name).is_file() for name in mutant.tests)


def test_every_rule_has_mutants_and_each_says_something_of_its_own():
    assert set(how_many_a_rule(MUTANTS)) == set(RULES)
    assert len({mutant.says for mutant in MUTANTS}) == len(MUTANTS)


def test_a_list_that_no_longer_fits_the_code_fails_loudly(tmp_path: Path):
    package = tmp_path / "drf_accessflow_mfa"
    for edit in MUTANTS[0].edits:
        (package / edit.file).parent.mkdir(parents=True, exist_ok=True)
        (package / edit.file).write_text(2 * f"{edit.old}\n")

    with pytest.raises(StaleMutant):
        sources_of(MUTANTS[0], tmp_path)

"""The mutants that each take a rule of the product out: read, checked, and applied to a tree."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("rules.toml")
PACKAGE = "drf_accessflow_mfa"
RULES = {
    1: "It fails closed",
    2: "A code counts once",
    3: "Every guess counts",
    4: "Permissions only read",
    5: "A verification belongs to one credential",
    6: "The requirement is computed at every request",
    7: "Secrets stay secret",
    8: "Changing factors or loosening needs a fresh verification",
    9: "Every change leaves an event, every event a change",
    10: "The answer never says what was wrong",
    11: "Nothing is stashed and replayed",
    12: "Input is canonical before it reaches a device",
}


class StaleMutant(Exception):
    """The text that a mutant replaces does not occur exactly once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One text of one file, and what stands in its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMutant:
    """The code without a rule, or half of one."""

    rule: int
    says: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


def read_mutants(path: Path = LIST) -> list[RuleMutant]:
    """Return all mutants of the list, in its order."""
    return [
        RuleMutant(
            rule=entry["rule"],
            says=entry["says"],
            edits=(_edit(entry), *map(_edit, entry.get("also", ()))),
            tests=tuple(f"tests/{name}" for name in entry["tests"]),
        )
        for entry in tomllib.loads(path.read_text())["mutant"]
    ]


def sources_of(mutant: RuleMutant, root: Path = ROOT) -> dict[Path, str]:
    """Return the files that a mutant changes, with their new text.

    Raises ``StaleMutant`` where an old text does not occur exactly once.
    """
    sources: dict[Path, str] = {}
    for edit in mutant.edits:
        path = root / PACKAGE / edit.file
        before = sources.get(path) or path.read_text()
        if before.count(edit.old) != 1:
            raise StaleMutant(f"{mutant.says}: {before.count(edit.old)} times in {edit.file}: {edit.old!r}")
        sources[path] = before.replace(edit.old, edit.new)
    return sources


def how_many_a_rule(mutants: list[RuleMutant]) -> Counter[int]:
    """Return the number of mutants of each rule."""
    return Counter(mutant.rule for mutant in mutants)


def _edit(entry: dict[str, str]) -> Edit:
    return Edit(file=entry["file"], old=entry["old"], new=entry["new"])

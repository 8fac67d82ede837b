"""The mutants that live for a reason: the table of docs/mutation.md."""

import re
from functools import cache

from scripts.mutation.operators import Change
from scripts.mutation.rules import PACKAGE, ROOT

PAGE = ROOT / "docs" / "mutation.md"
_ROW = re.compile(
    r"^\| `(?P<file>[\w/]+\.py)` (?P<scope>[\w.()]+) \| `(?P<says>.+?)` \| (?P<why>.+) \|$", re.MULTILINE
)


@cache
def known() -> dict[tuple[str, str, str], str]:
    """Return the reason of each mutant of the page: by file, function and change."""
    page = PAGE.read_text() if PAGE.exists() else ""
    return {
        (f"{PACKAGE}/{row['file']}", row["scope"], row["says"].replace("&#124;", "|")): row["why"]
        for row in _ROW.finditer(page)
    }


def is_known(file: str, change: Change) -> bool:
    """Tell whether the page says why a change lives."""
    return (file, change.place.scope or "(module)", change.says) in known()

"""Labels: names and texts that a team attaches to its flows."""

import re
from typing import Any

MOST_LABELS = 32
LONGEST_TEXT = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,62}", re.ASCII)


def find_label_problem(labels: Any) -> str | None:
    """Return what is wrong with a value that shall be labels, or ``None``."""
    if not isinstance(labels, dict):
        return "Labels are an object of names and texts."
    if len(labels) > MOST_LABELS:
        return f"There can be {MOST_LABELS} labels at most."
    for name, text in labels.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return "A label's name has 1 to 63 letters, digits and any of _ . / -"
        if not isinstance(text, str) or len(text) > LONGEST_TEXT or not _is_storable(text):
            return f"A label's text is a string of at most {LONGEST_TEXT} printable characters."
    return None


def _is_storable(text: str) -> bool:
    # NUL is refused by PostgreSQL, a lone surrogate by every encoder.
    return text.isprintable()

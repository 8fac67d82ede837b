"""Audit events as lines of a CSV file."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = ("occurred_at", "kind", "outcome", "reason", "actor_name", "subject_name", "flow", "method", "ip")


class _Line:
    """A file that hands back each line: what ``csv`` needs to stream."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def as_csv(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a heading, and a line for each event."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow([_harmless(str(event[name] or "")) for name in COLUMNS])


def _harmless(text: str) -> str:
    # A spreadsheet would run what begins like a formula.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text

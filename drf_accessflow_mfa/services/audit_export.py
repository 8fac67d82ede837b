"""Export the audit log, a page at a time: JSON Lines for machines, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from drf_accessflow_mfa.domain.spreadsheet import safe_cell
from drf_accessflow_mfa.domain.trail import EVENT_FIELDS
from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.models.database import write_alias

COLUMNS = ("id", *EVENT_FIELDS, "mac")
_ROWS = 2000


def json_lines(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """Yield one JSON object a line for each event, by id. Both times are inclusive."""
    for event in _events(since, until):
        yield json.dumps({name: _plain(value) for name, value in event.items()}) + "\n"


def csv_lines(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """Yield a header and a line for each event (RFC 4180), safe to open in a spreadsheet."""
    yield _csv_line(COLUMNS)
    for event in _events(since, until):
        yield _csv_line([_cell(event[name]) for name in COLUMNS])


def _events(since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    rows = AuditEvent.objects.using(write_alias()).order_by("id").values(*COLUMNS)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if until is not None:
        rows = rows.filter(occurred_at__lte=until)
    last_id = 0
    # Not ``iterator()``: some drivers read a whole result into memory.
    while page := list(rows.filter(id__gt=last_id)[:_ROWS]):
        yield from page
        last_id = page[-1]["id"]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def _cell(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, (dict, list)):
        plain = json.dumps(plain, sort_keys=True)
    return safe_cell(str(plain).replace("\0", ""))


def _csv_line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()

"""Continue a list where a page ended: one index range at any depth, and no offset."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime

BETWEEN = "~"
"""Between a moment and a key in a position."""
_LONGEST_KEY = 18
"""Digits that every database's 64 bits hold."""


def older_than(columns: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition that a row comes before these values, in rising order.

    The first column is a range of its own, so that an index is entered at the
    right place; further columns tell rows of the same first value apart.
    """
    return _beyond("lt", columns, values)


def newer_than(columns: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition that a row comes after these values, in rising order."""
    return _beyond("gt", columns, values)


def moment_of(text: str) -> datetime | None:
    """Return an aware moment that every database can be asked about."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def event_position_of(text: str) -> tuple[datetime, int] | None:
    """Return the moment and the id in an event's position."""
    moment_text, _, key = text.partition(BETWEEN)
    moment = moment_of(moment_text)
    if moment is None or not (key.isascii() and key.isdecimal() and len(key) <= _LONGEST_KEY):
        return None
    return moment, int(key)


def _beyond(lookup: str, columns: Sequence[str], values: Sequence[Any]) -> Q:
    (column, *further), (value, *further_values) = columns, values
    if not further:
        return Q(**{f"{column}__{lookup}": value})
    within = Q(**{f"{column}__{lookup}e": value})
    return within & (Q(**{f"{column}__{lookup}": value}) | _beyond(lookup, further, further_values))

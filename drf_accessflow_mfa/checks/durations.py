"""The settings that are durations: whole seconds or a ``timedelta``."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Error

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.defaults import DEFAULTS, LONGEST_MAX_AGE, PREFIX

LONGEST = {
    "MAX_AGE": LONGEST_MAX_AGE,
    "MANAGE_MAX_AGE": LONGEST_MAX_AGE,
    "ENROLLMENT_TTL": timedelta(hours=1),
    "LOCK_WAIT": timedelta(hours=24),
    "LOCK_WAIT_MAX": timedelta(hours=24),
    "RESET_TTL": timedelta(days=7),
}
SHORTEST_KEPT = {
    "KEEP_VERIFICATIONS": LONGEST_MAX_AGE,
    "KEEP_WEBHOOK_DELIVERIES": LONGEST_MAX_AGE,
    "KEEP_AUDIT_EVENTS": timedelta(days=7),
}
_MOST_SECONDS = 10**11


def check_durations() -> Iterator[CheckMessage]:
    """Check how long things count, wait or can be confirmed."""
    for name, duration in _chosen(LONGEST):
        longest = LONGEST[name]
        if duration is None or not timedelta(seconds=1) <= duration <= longest:
            yield Error(
                f"{PREFIX}{name} must be whole seconds or a timedelta, from 1 to "
                f"{int(longest.total_seconds())} seconds.",
                hint=f"The default is {DEFAULTS[name] or DEFAULTS['MAX_AGE']}.",
                id="accessflow_mfa.E003",
            )


def check_retention() -> Iterator[CheckMessage]:
    """Check for how long things are kept."""
    for name, duration in _chosen(SHORTEST_KEPT):
        least = SHORTEST_KEPT[name]
        if duration is None or duration < least:
            yield Error(
                f"{PREFIX}{name} must be whole seconds or a timedelta, of {least.days} days or more.",
                hint="Verifications count for up to a day; audit events are for auditors: think in months.",
                id="accessflow_mfa.E015",
            )


def _chosen(names: dict[str, timedelta]) -> Iterator[tuple[str, timedelta | None]]:
    """Yield each setting and its duration, ``None`` where it is none; not those that are left out."""
    for name in names:
        value = mfa_settings._get(name)
        if value is not None or DEFAULTS[name] is not None:
            yield name, _duration_of(value)


def _duration_of(value: Any) -> timedelta | None:
    if type(value) is int and abs(value) < _MOST_SECONDS:
        return timedelta(seconds=value)
    return value if isinstance(value, timedelta) else None

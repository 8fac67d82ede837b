"""Cursors of pages in the middle of a list, as a client has them who has turned half of its pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rest_framework.pagination import Cursor

from benchmarks.growth.installations import Installation
from drf_accessflow_mfa.api.pagination import (
    EventPagination,
    FlowPagination,
    KeysetPagination,
    RequestPagination,
)
from drf_accessflow_mfa.models import AccessRequest, AuditEvent

Find = Callable[[Installation], str]
_made: dict[tuple[str, str], str] = {}


def _once(find: Find) -> Find:
    """Return the same cursor at every repetition, without asking the database again."""

    def remembered(installation: Installation) -> str:
        key = (find.__name__, installation.size.name)
        if key not in _made:
            _made[key] = find(installation)
        return _made[key]

    return remembered


@_once
def middle_event(installation: Installation) -> str:
    """Return the cursor of the page after the event in the middle."""
    return _cursor(EventPagination, _middle_event(installation))


@_once
def back_from_middle_event(installation: Installation) -> str:
    """Return the cursor of the page before the event in the middle."""
    return _cursor(EventPagination, _middle_event(installation), reverse=True)


@_once
def middle_request(installation: Installation) -> str:
    """Return the cursor of the page after the request in the middle."""
    rows = AccessRequest.objects.order_by("created_at", "id")
    return _cursor(RequestPagination, rows[installation.size.requests // 2])


@_once
def middle_flow(installation: Installation) -> str:
    """Return the cursor of the page after the flow in the middle."""
    return _cursor(FlowPagination, {"slug": f"flow-{installation.size.flows // 2}"})


@_once
def middle_of_own_log(installation: Installation) -> str:
    """Return the position in the middle of the log's page of the user with the long history."""
    user = installation.people.named["long"].user
    events = AuditEvent.objects.filter(subject_id=user.pk).order_by("occurred_at", "id")
    event = events[installation.size.events // 200]
    return f"{event.occurred_at.isoformat()}~{event.pk}"


def _middle_event(installation: Installation) -> Any:
    return AuditEvent.objects.get(pk=installation.size.events // 2)


def _cursor(pages: type[KeysetPagination], row: Any, *, reverse: bool = False) -> str:
    page = pages()
    page.base_url = "/"
    position: Any = page.text_of(row)
    url = page.encode_cursor(Cursor(offset=0, reverse=reverse, position=position))
    return parse_qs(urlsplit(url).query)["cursor"][0]

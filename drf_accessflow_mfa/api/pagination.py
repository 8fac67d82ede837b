"""Cursor pages: the same cost at any depth, no count, and no offset."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from drf_accessflow_mfa.services.keyset import (
    BETWEEN,
    event_position_of,
    moment_of,
    newer_than,
    older_than,
)

Position = tuple[Any, ...]


class KeysetPagination(CursorPagination):
    """Pages that begin after the row with which the one before ended.

    DRF's cursors hold the first column alone and skip its equals by an offset,
    at most a thousand: of more rows of one moment no page would show the rest.
    Here a position names one row. A cursor that was not made here is refused.
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    columns: tuple[str, ...]
    """What the list is ordered by; together they are unique."""
    is_newest_first = True

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page that the request asks for."""
        self.base_url = request.build_absolute_uri()
        self.cursor = self.decode_cursor(request)
        position = None if self.cursor is None else self.cursor.position
        is_reverse = self.cursor is not None and self.cursor.reverse
        rows = self._continued(queryset, position, is_falling=self.is_newest_first != is_reverse)
        size = self.get_page_size(request) or self.page_size
        found = list(rows[: size + 1])
        self.page = found[:size]
        has_more, has_come = len(found) > size, position is not None
        if is_reverse:
            self.page.reverse()
        self.has_next, self.has_previous = (has_come, has_more) if is_reverse else (has_more, has_come)
        return self.page

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor of the request, if it has one, with its position as values."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        position: Any = self.position_of(str(cursor.position))
        if position is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor._replace(position=position)

    def get_next_link(self) -> str | None:
        """Return the URL of the next page, if there is one."""
        return self._link(-1, reverse=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        """Return the URL of the page before, if there is one."""
        return self._link(0, reverse=True) if self.has_previous else None

    def position_of(self, text: str) -> Position | None:
        """Return the values of a position, or ``None`` if it cannot have come from this list."""
        raise NotImplementedError

    def _continued(self, queryset: Any, position: Any, *, is_falling: bool) -> Any:
        if position is not None:
            beyond = older_than if is_falling else newer_than
            queryset = queryset.filter(beyond(self.columns, position))
        return queryset.order_by(*(f"-{name}" if is_falling else name for name in self.columns))

    def _link(self, index: int, *, reverse: bool) -> str:
        # From an empty page, whose rows are gone, the way leads to that end of the list.
        position: Any = self.text_of(self.page[index]) if self.page else None
        return str(self.encode_cursor(Cursor(offset=0, reverse=reverse, position=position)))

    def text_of(self, row: Any) -> str:
        """Return the position of a row, as it stands in cursors."""
        values = (row[name] if isinstance(row, dict) else getattr(row, name) for name in self.columns)
        return BETWEEN.join(map(str, values))


class EventPagination(KeysetPagination):
    """Newest events first."""

    columns = ("occurred_at", "id")

    def position_of(self, text: str) -> Position | None:
        """Return the moment and the id of an event."""
        return event_position_of(text)


class RequestPagination(KeysetPagination):
    """Newest access requests first."""

    columns = ("created_at", "id")

    def position_of(self, text: str) -> Position | None:
        """Return the moment and the id of a request."""
        moment_text, _, key = text.partition(BETWEEN)
        moment = moment_of(moment_text)
        try:
            return None if moment is None else (moment, UUID(key))
        except ValueError:
            return None


class FlowPagination(KeysetPagination):
    """Flows by slug."""

    columns = ("slug",)
    is_newest_first = False

    def position_of(self, text: str) -> Position | None:
        """Return the slug of a flow."""
        return (text,) if text.isascii() and text.isprintable() else None

"""How our lists are cut into pages."""

from typing import Any

from drf_accessflow_mfa.api.audit_events import AuditEventsView
from drf_accessflow_mfa.api.flows import AccessFlowsView
from drf_accessflow_mfa.api.pagination import EventPagination, FlowPagination, RequestPagination
from drf_accessflow_mfa.api.requests import RequestsView

_LINK = {"type": "string", "nullable": True, "format": "uri"}


class _Page:
    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of a page: all three are always there."""
        properties = {"next": dict(_LINK), "previous": dict(_LINK), "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}


class _FlowPage(_Page, FlowPagination):
    pass


class _RequestPage(_Page, RequestPagination):
    pass


class _EventPage(_Page, EventPagination):
    pass


PAGES: dict[type[Any], type[Any]] = {
    AccessFlowsView: _FlowPage,
    RequestsView: _RequestPage,
    AuditEventsView: _EventPage,
}
"""The pagination of each view that answers in pages."""

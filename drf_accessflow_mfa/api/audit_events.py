"""``GET audit-events/``."""

from typing import Any

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.pagination import EventPagination
from drf_accessflow_mfa.api.serializers import AuditEventSerializer, AuditFilterSerializer
from drf_accessflow_mfa.services.audit_log import events_for


class AuditEventsView(MFAView):
    """The audit log: what one has done and what was done about one, or all with the permission."""

    def get(self, request: Request) -> Response:
        """Return a page of events, newest first."""
        user = self.caller.user
        filters = AuditFilterSerializer(data=request.query_params)
        filters.is_valid(raise_exception=True)
        pages = EventPagination()
        page: Any = pages.paginate_queryset(events_for(user, filters.validated_data), request, view=self)
        return pages.get_paginated_response(AuditEventSerializer(page, many=True).data)

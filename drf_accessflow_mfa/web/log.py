"""The log of what one has done and of one's own MFA, page by page."""

from django.http import HttpRequest, HttpResponse

from drf_accessflow_mfa.services.audit_log import own_events
from drf_accessflow_mfa.services.keyset import BETWEEN, event_position_of
from drf_accessflow_mfa.web.base import Page

EVENTS_ON_A_PAGE = 50


class LogPage(Page):
    """Events by and about the caller, newest first; each page begins where the one before ended."""

    template = "drf_accessflow_mfa/log.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page."""
        before = event_position_of(request.GET.get("before", ""))
        found = own_events(self.caller.user, before=before)[: EVENTS_ON_A_PAGE + 1]
        events = found[:EVENTS_ON_A_PAGE]
        more = (
            f"{events[-1]['occurred_at'].isoformat()}{BETWEEN}{events[-1]['id']}"
            if len(found) > len(events)
            else ""
        )
        reader = self.caller.user.pk
        return self.render({"events": events, "reader": reader, "before": before, "more": more})

"""The audit log, for people: with filters, page by page, and as a file."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views import View

from drf_accessflow_mfa.services.keyset import BETWEEN, event_position_of, older_than
from example_project.portal.activity_csv import as_csv
from example_project.portal.activity_filter import ActivityFilter

SHOWN = 50
EXPORTED = 10_000


class ActivityView(LoginRequiredMixin, View):
    """The events that match, newest first; each page begins where the one before ended."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page."""
        form = ActivityFilter(request.GET, user=request.user)
        before = event_position_of(request.GET.get("before", ""))
        found = form.found()
        if before is not None and form.is_valid():
            found = found.filter(older_than(("occurred_at", "id"), before))
        rows = list(found[: SHOWN + 1])
        context = {"form": form, "events": rows[:SHOWN], "query": _query(request), "before": before}
        if len(rows) > SHOWN:
            context["older"] = _query(request, before=_position(rows[SHOWN - 1]))
        return render(request, "portal/activity.html", context)


class ActivityExportView(LoginRequiredMixin, View):
    """The same as CSV."""

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        """Stream it."""
        events = ActivityFilter(request.GET, user=request.user).found()[:EXPORTED]
        return StreamingHttpResponse(
            as_csv(events),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="activity.csv"'},
        )


def _query(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.update(changed)
    return query.urlencode()


def _position(event: Any) -> str:
    return f"{event['occurred_at'].isoformat()}{BETWEEN}{event['id']}"

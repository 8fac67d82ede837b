"""Access requests: ask, follow one's own, decide about others'. The acts go through the API."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils import timezone, translation
from django.utils.timesince import timesince
from django.views.generic import TemplateView

from drf_accessflow_mfa.credentials.session import session_caller
from drf_accessflow_mfa.domain.lifecycle import status_at
from drf_accessflow_mfa.services.flows import visible_flows
from drf_accessflow_mfa.services.requests import Scope, list_requests
from drf_accessflow_mfa.services.status import FlowRequirement, flow_requirement

SHOWN = 100
MINUTE = timedelta(minutes=1)
HINTS = {
    "free": "No code is needed.",
    "verified": "You are verified: no code is needed now.",
    "enroll": "You will set up MFA first.",
    "code": "You will be asked for a code of your authenticator app.",
}
"""What a flow asks for: the page shows one, and another one once that has changed."""
DURATIONS = [
    *(timedelta(minutes=minutes) for minutes in (15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8)),
    *(timedelta(days=days) for days in (1, 3, 7, 30)),
]


class RequestAccessView(LoginRequiredMixin, TemplateView):
    """The flows that one may request, and what each will ask, before a form is filled."""

    template_name = "portal/request_access.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        caller = session_caller(self.request)
        groups = set(caller.user.groups.values_list("pk", flat=True))
        choices = [
            {
                "flow": flow,
                "hint": _hint_of(flow_requirement(flow.slug, caller, include_inactive=False)),
                "durations": _durations_up_to(flow.max_duration),
            }
            for flow in visible_flows(include_inactive=False)
            if groups & {group.pk for group in flow.requesters.all()}
        ]
        return super().get_context_data(**kwargs, choices=choices, hints=HINTS)


def _hint_of(asked: FlowRequirement) -> str:
    if not asked.require_mfa:
        return "free"
    if asked.satisfied:
        return "verified"
    return "code" if asked.enrolled else "enroll"


def _durations_up_to(longest: timedelta) -> list[tuple[int, str]]:
    shorter = [duration for duration in DURATIONS if duration < longest]
    return [(int(each.total_seconds()), spoken(each)) for each in reversed([*shorter, longest])]


def spoken(duration: timedelta) -> str:
    """Return a duration as people say it, in the portal's own language."""
    start = timezone.now()
    with translation.override("en"):
        return timesince(start - duration, start) if duration >= MINUTE else f"{duration.seconds} seconds"


class RequestsView(LoginRequiredMixin, TemplateView):
    """Requests, with where each stands now."""

    scope: Scope

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        found = list_requests(self.request.user, scope=self.scope, now=now)[:SHOWN]
        rows = [
            {
                "request": row,
                "status": status_at(row.timeline, now=now).value,
                "duration": spoken(row.duration),
                "left": spoken(row.ends_at - now) if row.ends_at and row.ends_at > now else "",
            }
            for row in found
        ]
        return super().get_context_data(**kwargs, rows=rows)


class MyRequestsView(RequestsView):
    """One's own requests."""

    template_name = "portal/my_requests.html"
    scope = Scope.MINE


class ApprovalsView(RequestsView):
    """Requests that wait for one's decision."""

    template_name = "portal/approvals.html"
    scope = Scope.TO_DECIDE

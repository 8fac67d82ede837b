"""The verify page: enter a code, go back to what asked for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from drf_accessflow_mfa.domain.errors import FlowNotFound
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.status import FlowRequirement, flow_requirement, status_of
from drf_accessflow_mfa.services.verify import verify
from drf_accessflow_mfa.web.base import APP, Page
from drf_accessflow_mfa.web.next_page import next_page
from drf_accessflow_mfa.web.refusals import refusal_context

RECOVERY = "recovery"


class VerifyPage(Page):
    """Where plain Django views send a browser that lacks a fresh second factor."""

    template = "drf_accessflow_mfa/verify.html"
    parameters = ("flow", "method")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a code, or say what stands in the way."""
        return self.render(self._context())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Verify the code and go on, or say what to do about a refused one."""
        outcome = verify(self.caller, request.POST.get("code", "").strip(), origin=self.origin)
        if isinstance(outcome, Verified):
            return HttpResponseRedirect(next_page(request) or reverse(f"{APP}:security"))
        refusal = refusal_context(outcome, request)
        return self.render({**self._context(), **refusal}, status=refusal["status"])

    def _context(self) -> dict[str, Any]:
        status = status_of(self.caller)
        requirement = self._requirement()
        return {
            "enrolled": status.enrolled,
            "flow": requirement,
            "is_too_weak": status.enrolled and requirement is not None and not requirement.enrolled,
            "is_satisfied": requirement is not None and requirement.satisfied,
            "recovery": self.parameter("method") == RECOVERY,
            "is_setting_up": not status.enrolled,
        }

    def _requirement(self) -> FlowRequirement | None:
        try:
            return flow_requirement(self.parameter("flow")[:100], self.caller, include_inactive=False)
        except FlowNotFound:
            return None

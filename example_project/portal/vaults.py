"""The vaults: open them, and see the step-up at work."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from drf_accessflow_mfa.decorators import requires_mfa
from drf_accessflow_mfa.services.flows import visible_flows


class VaultsView(LoginRequiredMixin, TemplateView):
    """A card for each active flow; its button calls the guarded API."""

    template_name = "portal/vaults.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, flows=visible_flows(include_inactive=False))


@requires_mfa("production-database")
def production_report(request: HttpRequest) -> HttpResponse:
    """Show a page that is no API: the browser is sent to verify, and back here."""
    return render(request, "portal/production_report.html")

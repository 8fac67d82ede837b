"""Access flows, for administrators: list, create in steps, edit, and what was saved."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from drf_accessflow_mfa.credentials.origin import origin_of
from drf_accessflow_mfa.credentials.session import session_caller
from drf_accessflow_mfa.domain.errors import FlowExists, FlowNotFound, StepUpRequired
from drf_accessflow_mfa.domain.events import Source
from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.services import flows
from drf_accessflow_mfa.services.flows import Editor
from example_project.portal.flow_forms import TAKEN, FlowForm, NewFlowForm


class FlowAdministration(LoginRequiredMixin, PermissionRequiredMixin, View):
    """Pages for those who may edit flows."""

    permission_required = "drf_accessflow_mfa.change_accessflow"

    def editor(self) -> Editor:
        """Return who edits."""
        return Editor(caller=session_caller(self.request), origin=origin_of(self.request, source=Source.WEB))

    def flow(self, slug: str) -> AccessFlow:
        """Return a flow."""
        try:
            return flows.find_flow(slug, include_inactive=True)
        except FlowNotFound as error:
            raise Http404 from error


class FlowsView(FlowAdministration):
    """All flows, with a search."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show those that match."""
        query = request.GET.get("q", "").strip()
        found = flows.visible_flows(include_inactive=True)
        if query:
            found = found.filter(
                Q(name__icontains=query) | Q(slug__icontains=query) | Q(description__icontains=query)
            )
        return render(request, "portal/flows.html", {"flows": found, "query": query})


class CreateFlowView(FlowAdministration):
    """A new flow in two steps: its name and the toggle, then the rest."""

    permission_required = "drf_accessflow_mfa.add_accessflow"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the name."""
        return self._ask(NewFlowForm(), step=1)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go on to the second step, or create the flow; what was typed is kept both ways."""
        form = NewFlowForm(request.POST)
        if "back" in request.POST or form.is_start_wrong():
            return self._ask(form, step=1)
        if not form.has_rest:
            return self._ask(NewFlowForm(initial=form.start()), step=2, slug=form.cleaned_data["slug"])
        if "continue" in request.POST or not form.is_valid():
            return self._ask(form, step=2, slug=form.cleaned_data["slug"])
        try:
            flow = flows.create_flow(form.cleaned_data, editor=self.editor())
        except FlowExists:
            form.add_error("slug", TAKEN)
            return self._ask(form, step=1)
        return redirect(f"{reverse('portal:flow-saved', args=[flow.slug])}?done=created")

    def _ask(self, form: NewFlowForm, *, step: int, slug: str = "") -> HttpResponse:
        return render(self.request, "portal/create_flow.html", {"form": form, "step": step, "slug": slug})


class EditFlowView(FlowAdministration):
    """Change a flow. What loosens it needs a fresh second factor; what was typed stays meanwhile."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show it."""
        flow = self.flow(slug)
        return self._ask(flow, FlowForm(instance=flow))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Save it."""
        flow = self.flow(slug)
        form = FlowForm(request.POST, instance=flow)
        if not form.is_valid():
            return self._ask(flow, form)
        try:
            flows.change_flow(slug, form.cleaned_data, editor=self.editor())
        except StepUpRequired as error:
            return self._ask(flow, form, enrolled=error.challenge.enrolled, needs_step_up=True)
        return redirect("portal:flow-saved", slug)

    def _ask(self, flow: AccessFlow, form: FlowForm, **context: Any) -> HttpResponse:
        return render(self.request, "portal/edit_flow.html", {"flow": flow, "form": form, **context})


class FlowSavedView(FlowAdministration):
    """The completion page."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Say what is in force now."""
        is_new = request.GET.get("done") == "created"
        return render(request, "portal/flow_saved.html", {"flow": self.flow(slug), "is_new": is_new})

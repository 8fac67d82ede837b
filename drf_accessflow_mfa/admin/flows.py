"""Flows with their toggle, and the routes that they guard.

Loosening a flow needs a fresh verification of the session, here as in the API.
An administrator without one enters a code beside the change.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.admin.base import telling
from drf_accessflow_mfa.credentials import Caller, origin_of
from drf_accessflow_mfa.credentials.session import session_caller
from drf_accessflow_mfa.domain.errors import AccessFlowMFAError, StepUpRequired
from drf_accessflow_mfa.domain.events import Source
from drf_accessflow_mfa.domain.policy import FlowPolicy, find_loosened
from drf_accessflow_mfa.domain.request_policy import DEMANDS, GROUPS, LIMITS
from drf_accessflow_mfa.models import (
    AccessFlow,
    GuardedRoute,
)
from drf_accessflow_mfa.non_atomic import non_atomic
from drf_accessflow_mfa.services import flows, routes
from drf_accessflow_mfa.services.flow_fields import LOGGED_COLUMNS, LOGGED_FIELDS, policy_of, with_groups
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.outcomes import LockedOut, Verified
from drf_accessflow_mfa.services.require import require_fresh
from drf_accessflow_mfa.services.verify import verify


class AccessFlowForm(forms.ModelForm):
    """A flow, and a code for the case that the change asks less than before."""

    mfa_code = forms.CharField(
        label=_("Your code"),
        required=False,
        max_length=64,
        help_text=_(
            "From your authenticator app. Needed only to loosen a flow when you have not verified lately."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    caller: Caller | None = None

    class Meta:
        model = AccessFlow
        fields = (
            "name",
            "slug",
            "require_mfa",
            "description",
            "is_active",
            "mfa_max_age",
            "mfa_scope",
            "acr",
            "requesters",
            "approvers",
            "approvals_required",
            *DEMANDS,
            *LIMITS,
            "labels",
        )

    def clean_labels(self) -> dict[str, str]:
        """Return the labels; an empty field means none."""
        return self.cleaned_data["labels"] or {}

    def clean(self) -> dict[str, Any]:
        """Refuse a loosening that no fresh verification covers."""
        cleaned = super().clean() or {}
        if self.instance.pk and not self.errors and self.caller is not None:
            before = policy_of(AccessFlow.objects.get(pk=self.instance.pk))
            if find_loosened(before, self._policy_in(cleaned)):
                self._demand_fresh(self.caller)
        return cleaned

    def _policy_in(self, cleaned: dict[str, Any]) -> FlowPolicy:
        columns = {name: cleaned.get(name, getattr(self.instance, name)) for name in LOGGED_COLUMNS}
        groups = {name: [group.name for group in cleaned.get(name, ())] for name in GROUPS}
        return with_groups(AccessFlow(**columns).policy, groups)

    def _demand_fresh(self, caller: Caller) -> None:
        try:
            require_fresh(caller)
        except StepUpRequired as error:
            hint = (
                _("This asks less than before: enter a code of your authenticator app.")
                if error.challenge.enrolled
                else _("This asks less than before: set up an authenticator app for your account first.")
            )
            raise ValidationError({"mfa_code": hint}) from error


@admin.register(AccessFlow)
class AccessFlowAdmin(admin.ModelAdmin):
    """Flows with their toggle; every change goes through the service that logs it."""

    form = AccessFlowForm
    list_display = ("name", "slug", "require_mfa", "is_active", "mfa_max_age", "updated_at")
    list_filter = ("require_mfa", "is_active")
    search_fields = ("name", "slug", "description")
    prepopulated_fields = {"slug": ("name",)}
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: AccessFlow | None = None) -> tuple[str, ...]:
        """Keep the slug, which views name, once it exists."""
        return ("created_at", "updated_at") if obj is None else ("slug", "created_at", "updated_at")

    def get_prepopulated_fields(self, request: HttpRequest, obj: AccessFlow | None = None) -> dict[str, Any]:
        """Suggest a slug for new flows."""
        return dict(self.prepopulated_fields) if obj is None else {}

    def get_form(
        self, request: HttpRequest, obj: AccessFlow | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form, which has to know who asks."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"caller": session_caller(request)})

    @non_atomic
    @telling
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Verify the code first, in a transaction of its own, then handle the form."""
        code = request.POST.get("mfa_code", "") if request.method == "POST" else ""
        if code and request.user.is_active and request.user.is_staff:
            self._verify(request, code)
        return super().changeform_view(request, *args, **kwargs)

    @non_atomic
    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Handle the form of a new flow."""
        return super().add_view(request, *args, **kwargs)

    @non_atomic
    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Handle the form of a flow."""
        return super().change_view(request, *args, **kwargs)

    @non_atomic
    @telling
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Handle the confirmation of a deletion."""
        return super().delete_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: AccessFlow, form: Any, change: bool) -> None:
        """Create or change the flow through its service."""
        fields = {name: form.cleaned_data[name] for name in LOGGED_FIELDS if name in form.cleaned_data}
        if change:
            flows.change_flow(obj.slug, fields, editor=_editor(request))
        else:
            obj.pk = flows.create_flow({"slug": obj.slug, **fields}, editor=_editor(request)).pk

    def delete_model(self, request: HttpRequest, obj: AccessFlow) -> None:
        """Delete the flow through its service."""
        flows.delete_flow(obj.slug, editor=_editor(request))

    def has_delete_permission(self, request: HttpRequest, obj: AccessFlow | None = None) -> bool:
        """Allow the deletion of a flow only where it would not be refused anyway."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or not find_loosened(obj.policy, None) or _is_fresh(request)

    def _verify(self, request: HttpRequest, code: str) -> None:
        outcome = verify(session_caller(request), code, origin=origin_of(request, source=Source.ADMIN))
        if isinstance(outcome, LockedOut):
            messages.error(request, _("Too many wrong codes. Wait, or use a recovery code."))
        elif not isinstance(outcome, Verified):
            messages.error(request, _("The code was not accepted."))


def _is_fresh(request: HttpRequest) -> bool:
    try:
        require_fresh(session_caller(request))
    except AccessFlowMFAError:
        return False
    return True


def _editor(request: HttpRequest) -> Editor:
    return Editor(caller=session_caller(request), origin=origin_of(request, source=Source.ADMIN))


@admin.register(GuardedRoute)
class GuardedRouteAdmin(admin.ModelAdmin):
    """The routes that the middleware guards; bound and unbound through the service."""

    list_display = ("route", "method", "flow")
    list_filter = ("flow",)
    search_fields = ("route",)
    fields = ("flow", "route", "method")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow it where the middleware would guard the route."""
        return super().has_add_permission(request) and routes.are_routes_guarded()

    def has_change_permission(self, request: HttpRequest, obj: GuardedRoute | None = None) -> bool:
        """Refuse: unbind the route and bind another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: GuardedRoute | None = None) -> bool:
        """Allow it where a fresh verification allows to loosen."""
        return super().has_delete_permission(request, obj) and _is_fresh(request)

    @telling
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Handle the form of a binding."""
        return super().changeform_view(request, *args, **kwargs)

    @telling
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Handle the confirmation of an unbinding."""
        return super().delete_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: GuardedRoute, form: Any, change: bool) -> None:
        """Bind the route."""
        bound = routes.bind_route(obj.flow.slug, obj.route, method=obj.method, editor=_editor(request))
        obj.pk = bound.pk

    def delete_model(self, request: HttpRequest, obj: GuardedRoute) -> None:
        """Unbind the route."""
        routes.unbind_route(obj.flow.slug, obj.route, method=obj.method, editor=_editor(request))

"""Access requests: to read, and to revoke."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from drf_accessflow_mfa.admin.base import ReadOnlyAdmin
from drf_accessflow_mfa.credentials import origin_of
from drf_accessflow_mfa.credentials.session import session_caller
from drf_accessflow_mfa.domain.errors import (
    AccessFlowMFAError,
    ActForbidden,
    ActInvalid,
    RequestNotFound,
    TransitionRefused,
)
from drf_accessflow_mfa.domain.events import Source
from drf_accessflow_mfa.domain.lifecycle import status_at
from drf_accessflow_mfa.models import AccessDecision, AccessExtension, AccessRequest
from drf_accessflow_mfa.non_atomic import non_atomic
from drf_accessflow_mfa.services.requests import revoke_request
from drf_accessflow_mfa.services.requests.people import REVOKE_ANY

LONGEST_REASON = 2000

_REFUSALS: dict[type[AccessFlowMFAError], Any] = {
    ActInvalid: _("%(request)s: the access flow requires a reason."),
    ActForbidden: _("%(request)s: you may not revoke this access."),
    RequestNotFound: _("%(request)s does not exist any more."),
    TransitionRefused: _("%(request)s is not active."),
}


class RevocationForm(ActionForm):
    """The choice of an action, and why."""

    reason = forms.CharField(
        label=_("Reason for revoking:"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"size": 30}),
    )


class ReadOnlyInline(admin.TabularInline):
    """Facts of a request, to read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class DecisionInline(ReadOnlyInline):
    """What was decided."""

    model = AccessDecision
    fields = ("decided_at", "decider_name", "decision", "reason")


class ExtensionInline(ReadOnlyInline):
    """How it was extended."""

    model = AccessExtension
    fields = ("number", "duration", "ends_at", "extended_at")


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadOnlyAdmin):
    """Who asked for access, what became of it, and a way to end it."""

    list_display = ("created_at", "flow", "requester", "status", "starts_at", "ends_at", "grant_state")
    list_filter = ("decided", "grant_state", "flow")
    list_select_related = ("flow", "requester")
    search_fields = (f"=requester__{get_user_model().USERNAME_FIELD}", "=flow__slug")
    show_full_result_count = False
    exclude = ("grant_claimed_until",)
    inlines = (DecisionInline, ExtensionInline)
    actions = ("revoke",)
    action_form = RevocationForm

    @admin.display(description=_("status"))
    def status(self, row: AccessRequest) -> str:
        """Return where the request stands now."""
        return status_at(row.timeline, now=timezone.now()).value

    @non_atomic
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, and run its action outside of request transactions."""
        return super().changelist_view(request, *args, **kwargs)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Tell whether the administrator may revoke."""
        return request.user.has_perm(REVOKE_ANY)

    @admin.action(description=_("Revoke the selected access"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: Any) -> None:
        """Revoke each through its service, for the reason that was typed; tell what could not be."""
        caller, origin = session_caller(request), origin_of(request, source=Source.ADMIN)
        reason, revoked = request.POST.get("reason", "").strip(), 0
        for request_id in list(rows.values_list("pk", flat=True)):
            try:
                revoke_request(caller, request_id, reason=reason, origin=origin)
            except tuple(_REFUSALS) as error:
                messages.warning(request, _REFUSALS[type(error)] % {"request": request_id})
            else:
                revoked += 1
        if revoked:
            told = ngettext("%(count)s access revoked.", "%(count)s accesses revoked.", revoked)
            messages.success(request, told % {"count": revoked})

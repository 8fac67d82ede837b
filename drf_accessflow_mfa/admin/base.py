"""What the pages of the admin share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.domain.errors import FlowExists, FlowInUse, FlowNotFound, StepUpRequired

_IN_USE = _("Routes or access requests belong to this access flow.")
_TEXTS: dict[type[Exception], Any] = {
    FlowExists: _("An access flow with this slug exists already."),
    FlowInUse: _IN_USE,
    # At the commit: a request was opened under the flow meanwhile.
    IntegrityError: _IN_USE,
    StepUpRequired: _("This needs a fresh second factor."),
}


def telling(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the view of a model's admin, with a message where a service refuses what the form allowed.

    A row can change after the form was checked and before the service locks
    it. Nothing is stored then, and the page is shown anew. Of a row that is
    gone Django tells by itself.
    """

    @wraps(view)
    def told(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(self, request, *args, **kwargs)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
        except tuple(_TEXTS) as error:
            messages.error(request, _TEXTS[type(error)])
        except FlowNotFound:
            pass
        return HttpResponseRedirect(request.get_full_path())

    return told


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to read, not to touch."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse on the pages of these rows; elsewhere they go with the user they belong to."""
        match = request.resolver_match
        own_pages = f"{self.opts.app_label}_{self.opts.model_name}_"
        return match is not None and not (match.url_name or "").startswith(own_pages)

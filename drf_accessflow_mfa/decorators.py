"""The same guard for plain Django views and for the admin site.

::

    @requires_mfa("refunds")
    def refund_page(request): ...
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import NoReverseMatch, reverse

from drf_accessflow_mfa.composition import note_denial
from drf_accessflow_mfa.credentials.caller import caller_from, unwrapped
from drf_accessflow_mfa.credentials.session import credential_of
from drf_accessflow_mfa.domain.errors import Refused, StepUpRequired
from drf_accessflow_mfa.exceptions import AccessFlowDenied
from drf_accessflow_mfa.passages import are_passages_noted, note_passage
from drf_accessflow_mfa.services.require import require

View = Callable[..., Any]


def requires_mfa(*flows: str) -> Callable[[View], View]:
    """Guard a plain Django view with access flows; the strictest wins.

    Somebody who is not logged in goes to ``LOGIN_URL``. A browser that lacks
    a fresh second factor goes to the verify page and, by GET, back; what it
    posted is not kept. Other clients get the challenge as JSON.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refusal = refuse(request, flows)
            return view(request, *args, **kwargs) if refusal is None else refusal

        guarded.accessflow_mfa_flows = flows  # type: ignore[attr-defined]
        return guarded

    return decorate


class RequiresMFAAdminMixin:
    """Guards a whole Django admin site with one flow.

    ::

        class GuardedAdminSite(RequiresMFAAdminMixin, AdminSite):
            access_flow = "admin"

    Logging in and out stays possible.
    """

    access_flow: str

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Return a view of the admin behind its own login and the flow."""
        guarded = view if is_exit(view) else requires_mfa(self.access_flow)(view)
        wrapped: View = super().admin_view(guarded, cacheable)  # type: ignore[misc]
        return wrapped


def is_exit(view: View) -> bool:
    """Tell whether a view of the admin is the one that logs out."""
    return getattr(view, "__name__", "") == "logout"


def refuse(request: HttpRequest, flows: tuple[str, ...]) -> HttpResponse | None:
    """Return what sends somebody away who may not pass the flows; ``None``: pass."""
    user = unwrapped(getattr(request, "user", None))
    if user is None or not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    try:
        caller = caller_from(user, credential_of(request))
        note_passage(request, caller, require(flows, caller, with_proof=are_passages_noted()))
    except Refused as refusal:
        denial = AccessFlowDenied(refusal, scheme="Session", credential="session")
        note_denial(denial, request, user)
        return _answer(request, denial)
    return None


def as_json(denial: AccessFlowDenied) -> JsonResponse:
    """Return a denial as the answer that DRF would give."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(denial.refusal, StepUpRequired):
        headers["WWW-Authenticate"] = denial.auth_header
    return JsonResponse(denial.detail, status=denial.status_code, headers=headers)


def _answer(request: HttpRequest, denial: AccessFlowDenied) -> HttpResponse:
    page = _verify_page()
    if page is None or not isinstance(denial.refusal, StepUpRequired) or not request.accepts("text/html"):
        return as_json(denial)
    # A form cannot be posted again for the user: they come back to a page.
    back = (
        request.get_full_path() if request.method in {"GET", "HEAD"} else request.headers.get("Referer", "")
    )
    flow = denial.refusal.flow or ""
    response = HttpResponseRedirect(f"{page}?{urlencode({'next': back, 'flow': flow})}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _verify_page() -> str | None:
    try:
        return reverse("drf_accessflow_mfa_web:verify")
    except NoReverseMatch:
        return None

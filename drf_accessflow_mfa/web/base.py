"""What all of our pages share."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from drf_accessflow_mfa.credentials import Caller, origin_of
from drf_accessflow_mfa.credentials.session import session_caller
from drf_accessflow_mfa.domain.errors import CredentialUnsupported, StepUpRequired
from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.non_atomic import non_atomic
from drf_accessflow_mfa.web.forgery import find_forgery
from drf_accessflow_mfa.web.headers import protect
from drf_accessflow_mfa.web.next_page import next_page

APP = "drf_accessflow_mfa_web"
_LONGEST = 100


class Page(View):
    """A page about the signed-in user's own MFA: never cached, framed or in a request transaction.

    Whoever has no session is sent to ``LOGIN_URL`` and, from there, back.
    """

    template: str
    caller: Caller
    parameters: tuple[str, ...] = ()
    """What the page is called with besides ``next``."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, exempt from the host's CSRF check: ``dispatch`` has its own."""
        return csrf_exempt(non_atomic(ensure_csrf_cookie(super().as_view(**initkwargs))))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the caller, answer, and set the headers."""
        return protect(self._answer(request, *args, **kwargs))

    def render(
        self, context: Mapping[str, Any], *, template: str | None = None, status: int = 200
    ) -> HttpResponse:
        """Return this page's template with a context."""
        context = {"next": next_page(self.request), **context}
        return TemplateResponse(self.request, template or self.template, context, status=status)

    @property
    def own_address(self) -> str:
        """Return where this page can be read again; nothing that was posted is in it."""
        if self.request.method in {"GET", "HEAD"}:
            return self.request.get_full_path()
        if not hasattr(self, "get"):
            return reverse(f"{APP}:security")
        called_with = {name: self.parameter(name)[:_LONGEST] for name in self.parameters}
        return address_of(self.request.path, next=next_page(self.request), **called_with)

    def refuse_stale_form(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a form whose token does not count, and which may be forged: change nothing."""
        again = {"own_address": self.own_address}
        return self.render(again, template="drf_accessflow_mfa/stale.html", status=403)

    def parameter(self, name: str) -> str:
        """Return what the page was called with, also when its form is posted."""
        return self.request.POST.get(name) or self.request.GET.get(name) or ""

    @property
    def origin(self) -> Origin:
        """Return where the request came from."""
        return origin_of(self.request, source=Source.WEB)

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.caller = session_caller(request)
        except CredentialUnsupported:
            return redirect_to_login(self.own_address)
        if find_forgery(request) is not None:
            return self.refuse_stale_form(*args, **kwargs)
        try:
            return super().dispatch(request, *args, **kwargs)
        except StepUpRequired as error:
            # Nothing posted is kept: the user comes back to the page and decides again.
            name = "verify" if error.challenge.enrolled else "enroll"
            return to_page(name, next=request.get_full_path())


def to_page(name: str, *arguments: Any, **query: str) -> HttpResponseRedirect:
    """Return a redirect to one of our pages; empty parameters are left out."""
    return HttpResponseRedirect(address_of(reverse(f"{APP}:{name}", args=arguments), **query))


def address_of(path: str, **query: str) -> str:
    """Return a path with a query; empty parameters are left out."""
    given = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path

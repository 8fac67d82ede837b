"""Guards routes by name, and writes down what was refused and what was let through."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated

from drf_accessflow_mfa.composition import DENIALS_ATTRIBUTE
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials.origin import origin_of
from drf_accessflow_mfa.decorators import refuse
from drf_accessflow_mfa.domain.events import Source
from drf_accessflow_mfa.passages import PASSAGES_ATTRIBUTE
from drf_accessflow_mfa.permissions import RequiresMFA
from drf_accessflow_mfa.services.denials import record_denials
from drf_accessflow_mfa.services.known_routes import names_of
from drf_accessflow_mfa.services.passages import record_passages
from drf_accessflow_mfa.services.routes import flows_guarding


class AccessFlowMFAMiddleware(MiddlewareMixin):
    """Appends an audit event for each denial that a guard noted on the request.

    And one for each passage, where ``ACCESSFLOW_MFA_RECORD_ACCESS`` says so.
    One written by a view disappears with the view's transaction
    (``ATOMIC_REQUESTS``); middleware runs outside of it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Write what was noted and return the response as it is."""
        denials = request.__dict__.pop(DENIALS_ATTRIBUTE, None)
        if denials:
            record_denials(list(denials.values()), origin=origin_of(request, source=Source.API))
        passages = request.__dict__.pop(PASSAGES_ATTRIBUTE, None)
        if passages and mfa_settings.record_access:
            record_passages(
                list(passages.values()),
                status=response.status_code,
                origin=origin_of(request, source=Source.API),
            )
        return response


class GuardedRoutesMiddleware(MiddlewareMixin):
    """Guards the routes that administrators bound to flows, whatever view they lead to.

    Costs one statement for every request, guarded or not. Place it after
    ``AccessFlowMFAMiddleware``.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse a request on a guarded route, or let the view have it."""
        match = request.resolver_match
        names = [] if match is None else names_of(match)
        flows = tuple(flows_guarding(names, request.method or "")) if names else ()
        if not flows:
            return None
        if hasattr(view, "cls"):
            return _refuse_drf(request, view, flows, args, kwargs)
        return refuse(request, flows)


def _refuse_drf(
    request: HttpRequest, view: Any, flows: tuple[str, ...], args: Sequence[Any], kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Ask the DRF view who the caller is, by its own authenticators, then guard.

    What the view would refuse by itself is refused in its own words: a
    challenge comes after every other permission. Strangers are refused even
    where the view lets anybody in.
    """
    instance = _instance_of(view, request, args, kwargs)
    try:
        if not IsAuthenticated().has_permission(instance.request, instance):
            instance.check_permissions(instance.request)
            instance.permission_denied(instance.request)
        RequiresMFA.on(*flows)().has_permission(instance.request, instance)
    except APIException as denial:
        response: HttpResponse = instance.handle_exception(denial)
        return instance.finalize_response(instance.request, response, *args, **kwargs)  # type: ignore[no-any-return]
    return None


def _instance_of(view: Any, request: HttpRequest, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    instance = view.cls(**getattr(view, "initkwargs", {}))
    actions = getattr(view, "actions", None) or {}
    if actions:
        instance.action_map = actions
        instance.action = actions.get((request.method or "").lower())
    instance.setup(request, *args, **kwargs)
    instance.headers = instance.default_response_headers
    instance.request = instance.initialize_request(request, *args, **kwargs)
    return instance

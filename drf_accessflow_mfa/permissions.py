"""Permissions for other people's views.

::

    class Refunds(APIView):
        permission_classes = [IsAuthenticated, RequiresMFA]
        access_flow = "refunds"
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any, Self

from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from drf_accessflow_mfa.composition import GuardMeta, Verdict, conclude
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller, caller_of
from drf_accessflow_mfa.credentials.caller import claimed_by, scheme_of, unwrapped
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Requirement
from drf_accessflow_mfa.domain.errors import CredentialUnsupported, FlowUnknown, Refused
from drf_accessflow_mfa.exceptions import AccessFlowDenied
from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.passages import are_passages_noted, note_passage
from drf_accessflow_mfa.reading import is_among, read_for
from drf_accessflow_mfa.services.access import require_access
from drf_accessflow_mfa.services.require import (
    challenge_of_issuer,
    is_met_by_claims,
    require,
    require_assurance,
)

PER_OBJECT = object()
"""As ``access_flow`` of a view: each object names its own flow.

The view must call ``get_object()`` or ``check_object_permissions()``; a route
that leads to no single object is refused.
"""


class Guard(BasePermission, metaclass=GuardMeta):
    """A permission that raises challenges.

    It only reads. It composes with ``&`` and ``|`` in any order; ``~`` is
    refused.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Let a request pass that shows what the view asks for, or raise the challenge."""
        verdict = self.verdict(request, view)
        return verdict is True or conclude(self, verdict, request, view)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        """Let a request pass that shows what the object asks for, or raise the challenge."""
        verdict = self.object_verdict(request, view, obj)
        return verdict is True or conclude(self, verdict, request, view, obj)

    def verdict(self, request: Request, view: Any) -> Verdict:
        """Return whether the request shows what the view asks for, or the denial."""
        raise NotImplementedError

    def object_verdict(self, request: Request, view: Any, obj: Any) -> Verdict:
        """Return whether the request shows what the object asks for, or the denial."""
        return True

    def _ask(self, request: Request, view: Any, flows: tuple[str, ...]) -> Verdict:
        user = unwrapped(request.user)
        if user is None or not user.is_authenticated:
            return False
        credential = ""
        try:
            caller = caller_of(request, user=user)
            credential = caller.credential
            self._demand(request, view, flows, caller)
        except Refused as refusal:
            return _denial(refusal, request, credential=credential)
        return True

    def _demand(self, request: Request, view: Any, flows: tuple[str, ...], caller: Caller) -> None:
        """Let the caller pass, or raise a ``Refused``."""
        raise NotImplementedError


class FlowGuard(Guard):
    """A permission that asks about access flows.

    A flow is named by the class attribute ``access_flow`` of the view, by its
    method ``get_access_flow()``, or by ``on(slug)``. Several names may be
    given. With object permissions, an object's ``access_flow`` is asked for
    too. A view that names none is refused.

    It takes one SQL statement, for both kinds of guards where they stand
    together.
    """

    flows: tuple[str, ...] | None = None
    """Set by ``on()``: the flows, whatever the view says."""

    @classmethod
    def on(cls, *flows: str) -> type[Self]:
        """Return this permission for flows named here, for function views."""
        return _subclass_on(cls, flows)

    def verdict(self, request: Request, view: Any) -> Verdict:
        """Return whether the request satisfies the view's flows, or the denial."""
        declared = self._declared(view)
        if declared is PER_OBJECT and _leads_to_an_object(view):
            return bool(request.user and request.user.is_authenticated)
        return self._ask(request, view, slugs_in(declared))

    def object_verdict(self, request: Request, view: Any, obj: Any) -> Verdict:
        """Return whether the request satisfies the object's flow, or the denial."""
        declared = getattr(obj, "access_flow", None)
        if declared is None and self._declared(view) is not PER_OBJECT:
            return True
        return self._ask(request, view, slugs_in(declared))

    def _declared(self, view: Any) -> object:
        if self.flows is not None:
            return self.flows
        find = getattr(view, "get_access_flow", None)
        return getattr(view, "access_flow", None) if find is None else find()


class RequiresMFA(FlowGuard):
    """Asks for a fresh second factor when an access flow requires one; the strictest wins."""

    def _demand(self, request: Request, view: Any, flows: tuple[str, ...], caller: Caller) -> None:
        if not is_among(HasActiveAccess, tuple(getattr(view, "permission_classes", ()))):
            passed = require(flows, caller, with_proof=are_passages_noted())
        else:
            reading = read_for(RequiresMFA, request, flows, caller)
            passed = require(reading.flows, caller, now=reading.now, found=reading.rows)
        note_passage(request._request, caller, passed)


class HasActiveAccess(FlowGuard):
    """Lets a request pass while the caller has active access under every flow that is named.

    Access ends by itself, and at once when it is revoked. ``RequiresMFA``
    beside it asks for a fresh second factor as well.
    """

    def _demand(self, request: Request, view: Any, flows: tuple[str, ...], caller: Caller) -> None:
        reading = read_for(HasActiveAccess, request, flows, caller)
        require_access(reading.flows, reading.rows)


class RequiresAssurance(Guard):
    """Asks for a fresh second factor always: the requirement stands in the code, not in a flow.

    For a resource server behind an identity provider: where the claims of a
    token from a trusted issuer meet the requirement, there is no SQL statement
    and the user needs no row. Anybody else is asked for a verification of
    ours, with one statement.
    """

    max_age: timedelta | None = None
    """``None``: ``ACCESSFLOW_MFA_MAX_AGE``."""
    acr: Acr = Acr.MFA

    @classmethod
    def of(cls, *, max_age: timedelta | None = None, acr: Acr = Acr.MFA) -> type[Self]:
        """Return this permission for another age limit or class."""
        return _subclass_of(cls, max_age, acr)

    def verdict(self, request: Request, view: Any) -> Verdict:
        """Return whether the request shows a second factor that is fresh enough, or the denial."""
        # A user without a row has no such flag; one who is switched off is refused like any other.
        is_active = getattr(unwrapped(request.user), "is_active", True)
        claimed = claimed_by(request) if is_active else None
        if claimed is not None and is_met_by_claims(self.requirement, claimed, now=timezone.now()):
            return True
        verdict = self._ask(request, view, ())
        if claimed is not None and _is_unsupported(verdict):
            return _denial(challenge_of_issuer(self.requirement, claimed), request)
        return verdict

    @property
    def requirement(self) -> Requirement:
        """Return what is demanded."""
        return Requirement(flow=None, max_age=self.max_age or mfa_settings.max_age, acr=self.acr)

    def _demand(self, request: Request, view: Any, flows: tuple[str, ...], caller: Caller) -> None:
        passed = require_assurance(self.requirement, caller)
        if are_passages_noted():
            note_passage(request._request, caller, passed)


def slugs_in(declared: object) -> tuple[str, ...]:
    """Return the slugs of a flow, a slug, or several of either; none for anything else."""
    if isinstance(declared, str):
        return (declared,)
    if isinstance(declared, AccessFlow):
        return (declared.slug,)
    if isinstance(declared, Iterable):
        return tuple(slug for item in declared for slug in slugs_in(item) or ("",))
    return ()


def _leads_to_an_object(view: Any) -> bool:
    key = getattr(view, "lookup_url_kwarg", None) or getattr(view, "lookup_field", None)
    return key is not None and key in getattr(view, "kwargs", {})


def _denial(refusal: Refused, request: Request, *, credential: str = "") -> AccessFlowDenied:
    return AccessFlowDenied(refusal, scheme=scheme_of(request, default="Session"), credential=credential)


def _is_unsupported(verdict: Verdict) -> bool:
    return isinstance(verdict, AccessFlowDenied) and isinstance(verdict.refusal, CredentialUnsupported)


@cache
def _subclass_of(cls: type[Any], max_age: timedelta | None, acr: Acr) -> type[Any]:
    values = {"max_age": max_age, "acr": Acr(acr), "__doc__": cls.__doc__}
    named: type[Any] = type(cls)(cls.__name__, (cls,), values)  # type: ignore[misc]
    return named


@cache
def _subclass_on(cls: type[Any], flows: tuple[str, ...]) -> type[Any]:
    if not flows:
        raise FlowUnknown(None)
    named: type[Any] = type(cls)(f"{cls.__name__}On", (cls,), {"flows": flows, "__doc__": cls.__doc__})  # type: ignore[misc]
    return named

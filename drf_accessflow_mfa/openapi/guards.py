"""Any view guarded by an access flow documents its challenge, its refusal and its flow by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import getattr_static
from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from rest_framework.views import APIView

from drf_accessflow_mfa.composition import operands_of
from drf_accessflow_mfa.openapi.answers import MoreAnswers, replaced, strangers_get_401
from drf_accessflow_mfa.openapi.shapes import MFAChallengeSerializer, MFARefusalSerializer
from drf_accessflow_mfa.permissions import (
    PER_OBJECT,
    FlowGuard,
    HasActiveAccess,
    RequiresAssurance,
    RequiresMFA,
    slugs_in,
)
from drf_accessflow_mfa.permissions import Guard as GuardPermission

_DEMANDS: dict[str, type[GuardPermission]] = {
    "mfa": RequiresMFA,
    "access": HasActiveAccess,
    "assurance": RequiresAssurance,
}
_SENTENCES = {
    "mfa": (
        "While it requires MFA, a request without a fresh second factor is answered with a challenge (401)."
    ),
    "access": "It needs an active access request of the caller (403 `access_required`).",
    "assurance": "A request without a fresh second factor is answered with a challenge (401), always.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The flows that guard an operation, as far as they are known before a request."""

    slugs: tuple[str, ...]
    is_dynamic: bool
    """Whether a request or its object chooses a flow as well."""
    requires: tuple[str, ...]
    """Some of ``mfa``, ``access`` and ``assurance``."""

    @property
    def description(self) -> str:
        """Return a sentence for the reader of the documentation."""
        sentences = " ".join(_SENTENCES[demand] for demand in self.requires)
        if self.requires == ("assurance",):
            return sentences
        if not (self.slugs or self.is_dynamic):
            return "Guarded, but by no access flow: every request is refused."
        named = ", ".join(f"`{slug}`" for slug in self.slugs)
        chosen = "the one that the request leads to" if self.is_dynamic else ""
        flows = " and ".join(filter(None, (named, chosen)))
        return f"Guarded by an access flow: {flows}. {sentences}"


def guard_of(view: Any) -> Guard | None:
    """Return what guards a view; ``None`` where no guard is among its permissions."""
    guards = list(_guards_in(view.get_permissions()))
    if not guards:
        return None
    declared = [_declared(guard, view) for guard in guards if isinstance(guard, FlowGuard)]
    slugs = dict.fromkeys(slug for flows in declared for slug in flows or () if slug)
    return Guard(
        slugs=tuple(slugs),
        is_dynamic=None in declared,
        requires=tuple(
            demand for demand, kind in _DEMANDS.items() if any(isinstance(guard, kind) for guard in guards)
        ),
    )


class GuardedSchema(MoreAnswers):
    """What a guard adds to an operation."""

    def get_description(self) -> str:
        description = str(super().get_description() or "")  # type: ignore[misc]
        guard = guard_of(self.view)
        return f"{description}\n\n{guard.description}".strip() if guard else description

    def get_extensions(self) -> dict[str, Any]:
        extensions: dict[str, Any] = super().get_extensions() or {}  # type: ignore[misc]
        guard = guard_of(self.view)
        if guard is None:
            return extensions
        found = {
            "slugs": list(guard.slugs),
            "dynamic": guard.is_dynamic,
            "requires": list(guard.requires),
        }
        return {"x-access-flow": found, **extensions}

    def more_answers(self) -> Iterable[tuple[int, Any, str]]:
        """Return the challenge and the refusal of a guarded view."""
        guard = guard_of(self.view)
        if guard is None:
            return
        has_flow = bool(guard.slugs or guard.is_dynamic)
        if "assurance" in guard.requires or ("mfa" in guard.requires and has_flow):
            yield 401, MFAChallengeSerializer, "A fresh second factor is required."
        if strangers_get_401(self.view):
            yield 401, MFARefusalSerializer, "The credential is missing or wrong."
        yield 403, MFARefusalSerializer, "Refused; a second factor would not help."


class GuardedViewExtension(OpenApiViewExtension):  # type: ignore[no-untyped-call]
    """Adds what a guard answers, to any view that no other extension replaces."""

    target_class = APIView
    match_subclasses = True
    priority = -1000

    def view_replacement(self) -> type[APIView]:
        """Return the view itself, or a documented subclass where it may be guarded."""
        callback = self.target_callback
        chosen = callback.initkwargs.get("permission_classes", self.target.permission_classes)
        if self.target.get_permissions is APIView.get_permissions and not any(
            _guards_in(permission() for permission in chosen)
        ):
            return self.target  # type: ignore[no-any-return]
        names = getattr(callback, "actions", None) or {
            name: name for name in self.target.http_method_names if hasattr(self.target, name)
        }
        as_they_are = dict.fromkeys(names.values(), lambda method: method)
        view = replaced(self.target, as_they_are, GuardedSchema, callback.initkwargs.get("schema"))
        view.check_permissions = _check_all_but_guards
        return view


def _check_all_but_guards(view: APIView, request: Any) -> None:
    """Show a guarded operation to whoever may step up: a guard has no request to judge here."""
    for permission in view.get_permissions():
        if not any(_guards_in([permission])) and not permission.has_permission(request, view):
            view.permission_denied(request)


def _guards_in(permissions: Iterable[Any]) -> Iterator[GuardPermission]:
    for permission in permissions:
        if isinstance(permission, GuardPermission):
            yield permission
        yield from _guards_in(operands_of(permission))


def _declared(guard: FlowGuard, view: Any) -> tuple[str, ...] | None:
    """Return the flows of a guard; ``None`` where only a request tells."""
    if guard.flows is not None:
        return guard.flows
    if hasattr(view, "get_access_flow"):
        return None
    declared = getattr_static(view, "access_flow", None)
    is_computed = hasattr(declared, "__get__")
    return None if declared is PER_OBJECT or is_computed else slugs_in(declared)

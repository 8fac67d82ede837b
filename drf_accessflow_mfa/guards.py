"""Find the guard that a view carries in its code."""

from inspect import getattr_static
from typing import Any

from rest_framework.permissions import AND, NOT, OR, AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.views import APIView

from drf_accessflow_mfa.composition import operands_of
from drf_accessflow_mfa.decorators import RequiresMFAAdminMixin, is_exit
from drf_accessflow_mfa.permissions import (
    PER_OBJECT,
    FlowGuard,
    Guard,
    HasActiveAccess,
    RequiresMFA,
    slugs_in,
)
from drf_accessflow_mfa.services.route_table import ALWAYS, CodeGuard, Flagged, is_required

BY_REQUEST = "(by request)"
FOR_ANYBODY = (AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly)
"""Beside a guard by ``|``, these pass every user that the guard refuses."""


def find_guard(view: Any) -> CodeGuard:
    """Return the guard of a view."""
    decorated = getattr(view, "accessflow_mfa_flows", None)
    if decorated is not None:
        return _of_flows("decorator", tuple(decorated))
    site = _site_of(view)
    if isinstance(site, RequiresMFAAdminMixin) and not is_exit(view):
        return _of_flows("admin", (site.access_flow,))
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is None:
        return CodeGuard()
    if cls.__module__.startswith("drf_accessflow_mfa."):
        return CodeGuard(kind="package")
    return _by_permission(view, cls) if issubclass(cls, APIView) else CodeGuard()


def guards_in(permission: Any) -> list[type[Guard]]:
    """Return the guards in a permission class or an expression over several."""
    if isinstance(permission, type):
        return [permission] if issubclass(permission, Guard) else []
    return [guard for operand in operands_of(permission) for guard in guards_in(operand)]


def _of_flows(kind: str, flows: tuple[str, ...]) -> CodeGuard:
    return CodeGuard(kind=kind, flows=flows, requires_mfa=lambda flagged: is_required(flows, flagged))


def _site_of(view: Any) -> Any:
    """Return the admin site of a view of the admin; the views of its models name their ``ModelAdmin``."""
    model_admin = getattr(view, "model_admin", None)
    return getattr(view, "admin_site", None) or getattr(model_admin, "admin_site", None)


def _by_permission(view: Any, cls: type[APIView]) -> CodeGuard:
    classes = getattr(view, "initkwargs", {}).get("permission_classes", cls.permission_classes)
    guards = [guard for permission in classes for guard in guards_in(permission)]
    if not guards:
        return CodeGuard()

    def requires_mfa(flagged: Flagged) -> bool | None:
        if cls.get_permissions is not APIView.get_permissions:
            return None
        return _all([_demand_of(permission, cls, flagged) for permission in classes])

    return CodeGuard(
        kind="permission",
        flows=tuple(dict.fromkeys(slug for guard in guards for slug in _flows_of(guard, cls))),
        requires_mfa=requires_mfa,
        lets_anybody_pass=not any(_is_guarding(permission) for permission in classes),
    )


def _flows_of(guard: type[Guard], cls: Any) -> tuple[str, ...]:
    if not issubclass(guard, FlowGuard):
        return (ALWAYS,)
    if guard.flows is not None:
        return guard.flows
    declared = getattr_static(cls, "access_flow", None)
    if hasattr(cls, "get_access_flow") or declared is PER_OBJECT or hasattr(declared, "__get__"):
        return (BY_REQUEST,)
    return slugs_in(declared)


def _demand_of(permission: Any, cls: Any, flagged: Flagged) -> bool | None:
    """Tell whether an expression passes only with MFA now; ``None`` where that depends."""
    if isinstance(permission, type):
        return _demand_of_class(permission, cls, flagged)
    demands = [_demand_of(operand, cls, flagged) for operand in operands_of(permission)]
    if permission.operator_class is AND:
        return _all(demands)
    if permission.operator_class is NOT:
        return None if guards_in(permission) else False
    return demands[0] if len(set(demands)) == 1 else None


def _demand_of_class(permission: type, cls: Any, flagged: Flagged) -> bool | None:
    if not issubclass(permission, Guard):
        return False
    if not issubclass(permission, FlowGuard):
        return True
    if issubclass(permission, HasActiveAccess) and not issubclass(permission, RequiresMFA):
        return False
    return is_required(_flows_of(permission, cls), flagged)


def _all(demands: list[bool | None]) -> bool | None:
    return True if True in demands else None if None in demands else False


def _is_guarding(permission: Any) -> bool:
    """Tell whether an expression holds a guard that not everybody gets around."""
    if isinstance(permission, type):
        return issubclass(permission, Guard)
    operands = operands_of(permission)
    return any(map(_is_guarding, operands)) and not (
        permission.operator_class is OR and any(map(_passes_anybody, operands))
    )


def _passes_anybody(permission: Any) -> bool:
    if isinstance(permission, type):
        return permission in FOR_ANYBODY
    passing = [_passes_anybody(operand) for operand in operands_of(permission)]
    if permission.operator_class is AND:
        return all(passing)
    return permission.operator_class is OR and any(passing)

"""Challenges among other permissions: raised last, and only when nothing else lets pass.

DRF's operators call one operand after the other, so a challenge raised by the
first would hide that the second lets the request pass. And DRF asks the
permissions of a view in their order, so a challenge could come before a refusal
that a step-up would not change. So whoever is about to be challenged is first
judged by all permissions of the view, as one expression with three values.
"""

from collections.abc import Iterator
from functools import reduce
from typing import Any

from rest_framework.permissions import AND, NOT, OR, BasePermissionMetaclass
from rest_framework.request import Request

from drf_accessflow_mfa.credentials.caller import unwrapped
from drf_accessflow_mfa.domain.errors import StepUpRequired
from drf_accessflow_mfa.exceptions import AccessFlowDenied
from drf_accessflow_mfa.services.denials import Denial

Verdict = bool | AccessFlowDenied
"""``True``: pass. ``False``: denied by somebody else's rule. Else our denial."""

DENIALS_ATTRIBUTE = "_accessflow_mfa_denials"


class GuardMeta(BasePermissionMetaclass):
    """The metaclass of permissions that raise challenges: DRF's, without ``~``."""

    def __invert__(self) -> Any:
        raise TypeError(f"{self.__name__} cannot be inverted: the absence of MFA grants nothing.")


def conclude(permission: Any, verdict: Verdict, request: Request, view: Any, obj: Any = None) -> bool:
    """Return a guard's plain verdict, or raise a denial once all permissions have been heard.

    ``False`` is returned where every permission of the view lets the request
    pass all the same, by another operand of ``|``: DRF goes on to ask it.
    """
    if not isinstance(verdict, AccessFlowDenied):
        return verdict
    heard = _verdicts(permission, verdict, request, view, obj)
    denials = [denial for denial in heard if isinstance(denial, AccessFlowDenied)]
    if not denials:
        return False
    denial = reduce(_firmer, denials)
    note_denial(denial, request._request, request.user)
    # DRF's exception handler knows no further headers; the view's own do.
    if hasattr(view, "headers"):
        view.headers["Cache-Control"] = "no-store"
    raise denial


def _verdicts(
    permission: Any, verdict: AccessFlowDenied, request: Request, view: Any, obj: Any
) -> Iterator[Verdict]:
    """Yield what each permission of the view says, the guard that asks among them.

    Raises as DRF does where one of them denies by a rule of its own.
    """
    own, tops = _shape(permission), view.get_permissions()
    if not any(own in _leaves(top) for top in tops):
        yield verdict
    for top in tops:
        heard = verdict if _shape(top) == own else _verdict_of(top, request, view, obj)
        if heard is False:
            message, code = getattr(top, "message", None), getattr(top, "code", None)
            view.permission_denied(request, message=message, code=code)
        yield heard


def note_denial(denial: AccessFlowDenied, http_request: Any, user: Any) -> None:
    """Remember a denial for the middleware, once however often it was asked."""
    noted = http_request.__dict__.setdefault(DENIALS_ATTRIBUTE, {})
    noted[(denial.refusal.code, denial.refusal.flow)] = Denial(
        user=unwrapped(user),
        code=denial.refusal.code.value,
        flow=denial.refusal.flow or "",
        credential=denial.credential,
    )


def operands_of(node: Any) -> list[Any]:
    """Return the operands of DRF's ``&``, ``|`` or ``~``, of classes or of instances."""
    names = ("op1_class", "op2_class") if hasattr(node, "op1_class") else ("op1", "op2")
    return [operand for name in names if (operand := getattr(node, name, None)) is not None]


def _verdict_of(node: Any, request: Request, view: Any, obj: Any) -> Verdict:
    if isinstance(node, OR):
        return _any(*(_verdict_of(side, request, view, obj) for side in operands_of(node)))
    if isinstance(node, AND):
        return _all(*(_verdict_of(side, request, view, obj) for side in operands_of(node)))
    if isinstance(node, NOT):
        # What lacks a second factor does not pass by being turned around,
        # whatever stands beside it.
        for leaf in _instances(node):
            if hasattr(leaf, "verdict"):
                inner = _verdict_of(leaf, request, view, obj)
                if isinstance(inner, AccessFlowDenied):
                    return inner
        return not _verdict_of(operands_of(node)[0], request, view, obj)
    if hasattr(node, "verdict"):
        verdict: Verdict = node.verdict(request, view)
        return node.object_verdict(request, view, obj) if verdict is True and obj is not None else verdict
    return bool(
        node.has_permission(request, view) and (obj is None or node.has_object_permission(request, view, obj))
    )


def _any(left: Verdict, right: Verdict) -> Verdict:
    if left is True or right is True:
        return True
    if left is False or (_is_challenge(right) and not _is_challenge(left)):
        return right
    return left


def _all(left: Verdict, right: Verdict) -> Verdict:
    if left is False or right is False:
        return False
    if isinstance(left, AccessFlowDenied) and isinstance(right, AccessFlowDenied):
        return _firmer(left, right)
    return right if left is True else left


def _firmer(left: AccessFlowDenied, right: AccessFlowDenied) -> AccessFlowDenied:
    """Return the denial that no step-up would lift, else the first."""
    return right if _is_challenge(left) and not _is_challenge(right) else left


def _is_challenge(verdict: Verdict) -> bool:
    """Tell whether a step-up would help."""
    return isinstance(verdict, AccessFlowDenied) and isinstance(verdict.refusal, StepUpRequired)


def _shape(node: Any) -> Any:
    operands = operands_of(node)
    return (type(node), *map(_shape, operands)) if operands else type(node)


def _leaves(node: Any) -> set[Any]:
    return set(map(type, _instances(node)))


def _instances(node: Any) -> list[Any]:
    operands = operands_of(node)
    return [leaf for operand in operands for leaf in _instances(operand)] if operands else [node]

"""Bind flows to routes: the guard for views that nobody can edit."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import connections
from django.utils import timezone

from drf_accessflow_mfa.compiled.queries import compile_query
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter
from drf_accessflow_mfa.domain.errors import RoutesUnguarded
from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.models import GuardedRoute
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.models.guarded_route import ANY_METHOD
from drf_accessflow_mfa.services.durable import within_or_durably
from drf_accessflow_mfa.services.flows import Editor, demand_fresh, lock_flow, log_flow_event

MIDDLEWARE = "drf_accessflow_mfa.middleware.GuardedRoutesMiddleware"


def flows_guarding(routes: Sequence[str], method: str) -> list[str]:
    """Return the slugs of the flows bound to a route, by any of its names. One statement."""
    using = write_alias()
    connection = connections[using]
    values = {f"route_{number}": route for number, route in enumerate(routes)}
    values["method"] = method
    values["method_of_view"] = method_of_view(method)
    rows = _compiled(using, connection.vendor, len(routes)).run(values, connection=connection)
    return [slug for (slug,) in rows]


def method_of_view(method: str) -> str:
    """Return the method of the view that runs: HEAD must not be a way around a guard on GET."""
    return "GET" if method == "HEAD" else method


def guarding_query(route_count: int) -> Any:
    """Return the query of ``flows_guarding`` as the ORM knows it."""
    route, method = (cast("Any", GuardedRoute._meta.get_field(name)) for name in ("route", "method"))
    return (
        GuardedRoute.objects.filter(
            route__in=[Parameter(f"route_{number}", route) for number in range(route_count)],
            method__in=[ANY_METHOD, Parameter("method", method), Parameter("method_of_view", method)],
        )
        .order_by()
        .values_list("flow__slug")
        .distinct()
    )


@lru_cache(maxsize=16)
def _compiled(using: str, vendor: str, route_count: int) -> CompiledStatement:
    return compile_query(guarding_query(route_count), using=using)


def are_routes_guarded() -> bool:
    """Tell whether the middleware that looks at the bindings is installed."""
    return MIDDLEWARE in settings.MIDDLEWARE


def bind_route(
    slug: str, route: str, *, method: str = ANY_METHOD, editor: Editor, now: datetime | None = None
) -> GuardedRoute:
    """Guard a route with a flow and return the binding.

    Raises ``FlowNotFound``, and ``RoutesUnguarded`` where nothing would look
    at the binding: a rule without effect is worse than none.
    """
    if not are_routes_guarded():
        raise RoutesUnguarded(MIDDLEWARE)
    moment = now or timezone.now()

    def work(using: str) -> GuardedRoute:
        flow = lock_flow(slug, using=using)
        before = _routes_of(slug, using=using)
        bound, _ = GuardedRoute.objects.using(using).get_or_create(
            flow=flow, route=route, method=method.upper()
        )
        _log_change(slug, before, editor=editor, now=moment, using=using)
        return bound

    return within_or_durably(work)


def unbind_route(
    slug: str, route: str, *, method: str = ANY_METHOD, editor: Editor, now: datetime | None = None
) -> None:
    """Take a route from a flow's guard; this loosens, so a fresh verification is needed.

    Raises ``FlowNotFound`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> None:
        lock_flow(slug, using=using)
        demand_fresh(editor, now=moment)
        before = _routes_of(slug, using=using)
        GuardedRoute.objects.using(using).filter(flow__slug=slug, route=route, method=method.upper()).delete()
        _log_change(slug, before, editor=editor, now=moment, using=using)

    within_or_durably(work)


def _routes_of(slug: str, *, using: str) -> list[str]:
    return [str(row) for row in GuardedRoute.objects.using(using).filter(flow__slug=slug)]


def _log_change(slug: str, before: list[str], *, editor: Editor, now: datetime, using: str) -> None:
    after = _routes_of(slug, using=using)
    if before != after:
        log_flow_event(
            EventKind.FLOW_CHANGED, slug, {"routes": [before, after]}, editor=editor, now=now, using=using
        )

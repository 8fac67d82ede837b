"""The table of all routes: which guard, which flow, and whether MFA is required now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drf_accessflow_mfa.models import AccessFlow, GuardedRoute
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.models.guarded_route import ANY_METHOD
from drf_accessflow_mfa.services.known_routes import KnownRoute, known_routes
from drf_accessflow_mfa.services.routes import MIDDLEWARE, are_routes_guarded, method_of_view

ALWAYS = "(always)"
"""In the place of a flow: the requirement stands in the code."""
BY_MIDDLEWARE = "middleware"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

Flagged = Mapping[str, bool]
"""Whether each flow requires MFA now, by slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGuard:
    """The guard that a view carries in its code."""

    kind: str = ""
    """``permission``, ``decorator``, ``admin``, ``package`` or nothing."""
    flows: tuple[str, ...] = ()
    requires_mfa: Callable[[Flagged], bool | None] = lambda flagged: False
    """Tells whether MFA is required now; ``None`` where that depends on the request."""
    lets_anybody_pass: bool = False
    """Whether a further permission beside the guard passes whom the guard refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEntry:
    """One route of the project."""

    route: str
    name: str
    view: str
    methods: tuple[str, ...]
    guard: str
    """``permission``, ``decorator``, ``admin``, ``middleware``, ``package`` or nothing."""
    flows: tuple[str, ...]
    """Slugs; ``(by request)`` where the view decides at each request, ``(always)`` where no flow does."""
    methods_of_flows: Mapping[str, tuple[str, ...]]
    unguarded: tuple[str, ...]
    """The methods that no guard stands before."""
    requires_mfa: bool | None
    """Whether every method requires MFA now; ``None`` where that depends on the method or the request."""

    @property
    def is_open(self) -> bool:
        """Tell whether the route has a method that changes data and no guard before it."""
        return not SAFE_METHODS.issuperset(self.unguarded)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadBinding:
    """A flow bound to what no request leads to: it guards nothing."""

    flow: str
    route: str
    method: str
    """Empty: every method."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """All routes, the open ones first, and the bindings without effect."""

    entries: Sequence[RouteEntry]
    dead_bindings: Sequence[DeadBinding]


def route_table(find_guard: Callable[[Any], CodeGuard]) -> RouteTable:
    """Return the table of ``ROOT_URLCONF``.

    ``find_guard(view)`` tells what stands in the code; the routes bound by
    administrators are looked up here. They count only where the middleware
    that guards them is installed.
    """
    using = write_alias()
    flagged = dict(AccessFlow.objects.using(using).values_list("slug", "require_mfa"))
    bindings = list(GuardedRoute.objects.using(using).select_related("flow"))
    effective = bindings if are_routes_guarded() else []
    routes = list(known_routes())
    entries = [_entry(route, find_guard(route.view), effective, flagged) for route in routes]
    dead = [(binding, reason) for binding in bindings if (reason := _why_dead(binding, routes))]
    return RouteTable(
        entries=sorted(entries, key=lambda entry: (not entry.is_open, entry.route)),
        dead_bindings=[
            DeadBinding(flow=binding.flow.slug, route=binding.route, method=binding.method, reason=reason)
            for binding, reason in dead
        ],
    )


def is_required(flows: Iterable[str], flagged: Flagged) -> bool | None:
    """Tell whether one of these flows requires MFA now; ``None`` where that cannot be known."""
    known = [flagged.get(slug) for slug in flows]
    return True if True in known else None if None in known else False


def _entry(
    route: KnownRoute, guard: CodeGuard, bindings: Iterable[GuardedRoute], flagged: Flagged
) -> RouteEntry:
    bound = {method: _flows_bound(bindings, route, method) for method in route.methods}
    is_guarded = bool(guard.kind) and not guard.lets_anybody_pass
    flows = tuple(dict.fromkeys([*guard.flows, *(slug for slugs in bound.values() for slug in slugs)]))
    return RouteEntry(
        route=route.route,
        name=route.name,
        view=route.view_path,
        methods=route.methods,
        guard=guard.kind or (BY_MIDDLEWARE if any(bound.values()) else ""),
        flows=flows,
        methods_of_flows={
            slug: tuple(method for method in route.methods if slug in guard.flows or slug in bound[method])
            for slug in flows
        },
        unguarded=() if is_guarded else tuple(method for method, slugs in bound.items() if not slugs),
        requires_mfa=_requirement_of_all(guard.requires_mfa(flagged), bound.values(), flagged),
    )


def _requirement_of_all(
    in_code: bool | None, bound: Iterable[Sequence[str]], flagged: Flagged
) -> bool | None:
    demands = {True if is_required(slugs, flagged) else in_code for slugs in bound} or {in_code}
    return demands.pop() if len(demands) == 1 else None


def _flows_bound(bindings: Iterable[GuardedRoute], route: KnownRoute, method: str) -> list[str]:
    guarding = {ANY_METHOD, method, method_of_view(method)}
    return [
        binding.flow.slug
        for binding in bindings
        if binding.route in route.bindable and binding.method in guarding
    ]


def _why_dead(binding: GuardedRoute, routes: Iterable[KnownRoute]) -> str:
    """Return why a binding guards nothing; an empty text where it guards something."""
    if not are_routes_guarded():
        return f"{MIDDLEWARE} is not in MIDDLEWARE"
    meant = [route for route in routes if binding.route in route.bindable]
    if not meant:
        return "no route that can be bound has this name or pattern"
    if binding.method != ANY_METHOD and not any(binding.method in route.answered for route in meant):
        return "the route does not answer this method"
    return ""

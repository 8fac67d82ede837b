"""The routes of the project, by every name that a binding may give them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

OWN_APPS = frozenset({"drf_accessflow_mfa", "drf_accessflow_mfa_web"})
"""Namespaces of this package's own routes: who had to verify in order to verify would be locked out."""
EVERY_METHOD = ("DELETE", "GET", "PATCH", "POST", "PUT")
"""What a plain function view is taken to answer: Django calls it with any method."""


class KnownRoute(NamedTuple):
    """One route, as a request would resolve to it."""

    route: str
    name: str
    """With its namespaces; empty where the URLconf names none."""
    view: Any
    bindable: tuple[str, ...]
    """The names by which it can be bound; none for a route of this package."""
    methods: tuple[str, ...]

    @property
    def answered(self) -> frozenset[str]:
        """Return the methods that reach the view or an answer of its base class."""
        return frozenset({*self.methods, "OPTIONS", *(["HEAD"] if "GET" in self.methods else [])})

    @property
    def view_path(self) -> str:
        """Return where the view is defined."""
        view = _class_of(self.view) or self.view
        # By its name: every function view of DRF has the same qualified one.
        return f"{view.__module__}.{getattr(view, '__name__', type(view).__name__)}"


def known_routes() -> Iterator[KnownRoute]:
    """Yield the routes of ``ROOT_URLCONF``."""
    for match in _matches(get_resolver().url_patterns, "", (), ()):
        yield KnownRoute(
            route=match.route or "",
            name=match.view_name if match.url_name else "",
            view=match.func,
            bindable=tuple(names_of(match)),
            methods=_methods_of(match.func),
        )


def names_of(match: ResolverMatch) -> list[str]:
    """Return the names by which a route can be bound: its view name and its pattern."""
    if not OWN_APPS.isdisjoint(match.app_names):
        return []
    return [name for name in (match.view_name, match.route) if name]


def _matches(
    patterns: Iterable[Any],
    prefix: str,
    app_names: tuple[str | None, ...],
    namespaces: tuple[str | None, ...],
) -> Iterator[ResolverMatch]:
    for pattern in patterns:
        route = _joined(prefix, str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            inner = (*app_names, pattern.app_name), (*namespaces, pattern.namespace)
            yield from _matches(pattern.url_patterns, route, *inner)
        elif isinstance(pattern, URLPattern):
            yield ResolverMatch(
                pattern.callback,
                (),
                {},
                pattern.name,
                app_names=list(app_names),
                namespaces=list(namespaces),
                route=route,
            )


def _joined(prefix: str, route: str) -> str:
    """Join two patterns as Django does for ``ResolverMatch.route``."""
    return prefix + route.removeprefix("^") if prefix else route


def _methods_of(view: Any) -> tuple[str, ...]:
    actions = getattr(view, "actions", None)
    if actions:
        return tuple(sorted(method.upper() for method in actions))
    cls = _class_of(view)
    if cls is None:
        return EVERY_METHOD
    names = (name for name in cls.http_method_names if name != "options" and hasattr(cls, name))
    return tuple(sorted(name.upper() for name in names))


def _class_of(view: Any) -> Any:
    return getattr(view, "view_class", None)

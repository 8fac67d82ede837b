"""Whether the routes that administrators bound are guarded; asks the database, so only where checks may."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connections

from drf_accessflow_mfa.models import GuardedRoute
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.routes import MIDDLEWARE, are_routes_guarded


def check_bindings(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterator[CheckMessage]:
    """Check that a middleware looks at the bindings that there are."""
    using = write_alias()
    if using not in (databases or ()) or are_routes_guarded():
        return
    bound = _count_bindings(using)
    if bound:
        yield Warning(
            f"Flows are bound to routes ({bound}), and nothing guards them.",
            hint=f"Add {MIDDLEWARE!r} to MIDDLEWARE, or unbind the routes.",
            id="accessflow_mfa.W005",
        )


def _count_bindings(using: str) -> int:
    # "migrate" runs the checks before it makes the tables.
    if GuardedRoute._meta.db_table not in connections[using].introspection.table_names():
        return 0
    return GuardedRoute.objects.using(using).count()

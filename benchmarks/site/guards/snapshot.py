"""What a policy snapshot in the process would cost: flows in memory, validated by a version in the database.

The version must be asked at every request, or a flow that was flagged a moment
ago would be open in the other workers. So it rides with the statement that
finds the verification. This is that statement, and the least around it.
"""

from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import Subquery
from django.utils import timezone

from drf_accessflow_mfa.compiled.queries import compile_query
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter
from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.permissions import RequiresMFA
from drf_accessflow_mfa.services import guard_statement
from drf_accessflow_mfa.services.guard_statement import GuardRow
from drf_accessflow_mfa.services.require import require

_known: dict[str, tuple[Any, GuardRow]] = {}
"""The version at which each flow was read, and the flow."""


class RequiresMFABySnapshot(RequiresMFA):
    """Asks for a second factor by what the process knows of the flow, if that is still true."""

    def _demand(self, request: Any, view: Any, flows: tuple[str, ...], caller: Any) -> None:
        [slug] = flows
        now, using = timezone.now(), write_alias()
        connection = connections[using]
        values = {**guard_statement._values_of(caller, using, connection, now=now), "slug": slug}
        [(version, verified_at)] = _compiled(using, connection.vendor).run(values, connection=connection)
        known = _known.get(slug)
        if known is None or known[0] != version:
            known = version, guard_statement.read_flows([slug], caller, now=now)[0]
            _known[slug] = known
        require(flows, caller, now=now, found=[known[1]._replace(verified_at=verified_at)])


@lru_cache(maxsize=4)
def _compiled(using: str, vendor: str) -> CompiledStatement:
    newest = guard_statement._verifications_for_outer_flow().order_by("-verified_at")
    slug = Parameter("slug", AccessFlow._meta.get_field("slug"))
    versions = AccessFlow.objects.order_by().filter(slug=slug)
    query = versions.values_list("updated_at", Subquery(newest.values("verified_at")[:1]))
    return compile_query(query, using=using)

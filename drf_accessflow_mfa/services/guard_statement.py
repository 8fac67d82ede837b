"""The guard's one statement: flows, and for each the caller's newest verification and active request.

It is an ORM query, compiled once for each database, number and kind of
questions (``compiled``).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import connections, models
from django.db.models import ExpressionWrapper, OuterRef, Q, Subquery, Value

from drf_accessflow_mfa.compiled.queries import compile_query
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, value_of_moment
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.lifecycle import Status
from drf_accessflow_mfa.domain.policy import Scope
from drf_accessflow_mfa.models import AccessFlow, AccessRequest, Verification
from drf_accessflow_mfa.models.database import write_alias

_SECONDS_AN_HOUR = 3600
_USER_FIELD: Any = Verification._meta.get_field("user")


class GuardRow(NamedTuple):
    """One flow as it is now, and the newest verification that fits its scope and class."""

    slug: str
    is_active: bool
    require_mfa: bool
    max_age: timedelta | None
    acr: str
    verified_at: datetime | None
    verification: UUID | None = None
    """Which it was, where that was asked for."""
    access: UUID | None = None
    """The caller's active request, where that was asked for."""


class NewestRow(NamedTuple):
    """A caller's newest verification."""

    verification: UUID
    verified_at: datetime


def read_flows(
    slugs: Sequence[str],
    caller: Caller,
    *,
    now: datetime,
    with_access: bool = False,
    with_proof: bool = True,
) -> list[GuardRow]:
    """Return the flows of these names that exist, with the caller's newest verifications.

    ``with_access``: with the caller's active requests too. Without
    ``with_proof`` a row tells when, not which: half of what PostgreSQL plans.
    """
    using = write_alias()
    connection = connections[using]
    values = _values_of(caller, using, connection, now=now)
    for number, slug in enumerate(slugs):
        values[f"slug_{number}"] = slug
    statement = _compiled(using, connection.vendor, len(slugs), with_access, with_proof)
    return [GuardRow(*row) for row in statement.run(values, connection=connection)]


def read_newest(caller: Caller, acr: Acr, *, now: datetime) -> NewestRow | None:
    """Return the caller's newest live verification of a class through this credential."""
    using = write_alias()
    connection = connections[using]
    values = _values_of(caller, using, connection, now=now)
    rows = _compiled_newest(using, connection.vendor, acr).run(values, connection=connection)
    return NewestRow(*rows[0]) if rows else None


def _values_of(caller: Caller, using: str, connection: Any, *, now: datetime) -> dict[str, Any]:
    user_key = caller.user.pk
    return {
        # A whole number is what every driver takes; asking the field costs eight calls.
        "user": user_key if type(user_key) is int else _USER_FIELD.get_db_prep_value(user_key, connection),
        "binding": caller.binding,
        "password_stamp": caller.password_stamp,
        "earliest": _earliest(using, int(now.timestamp()) // _SECONDS_AN_HOUR),
        "latest": value_of_moment(now, connection),
    }


def guard_query(flow_count: int, *, with_access: bool = False, with_proof: bool = True) -> Any:
    """Return the query as the ORM knows it, with a ``Parameter`` for each value."""
    newest = _verifications_for_outer_flow().order_by("-verified_at")
    nobody = Value(None, output_field=models.UUIDField())
    slugs = [
        Parameter(f"slug_{number}", cast("Any", AccessFlow._meta.get_field("slug")))
        for number in range(flow_count)
    ]
    return (
        AccessFlow.objects.order_by()
        .filter(slug__in=slugs)
        .values_list(
            "slug",
            "is_active",
            "require_mfa",
            "mfa_max_age",
            "acr",
            Subquery(newest.values("verified_at")[:1]),
            *([Subquery(newest.values("pk")[:1])] if with_proof else [nobody] if with_access else []),
            *([Subquery(_active_request_for_outer_flow().values("pk")[:1])] if with_access else []),
        )
    )


def _active_request_for_outer_flow() -> Any:
    """Return the requests that are active: ``domain.lifecycle.status_at``, in SQL."""
    return AccessRequest.objects.order_by().filter(
        flow=OuterRef("pk"),
        requester=Parameter("user", cast("Any", AccessRequest._meta.get_field("requester"))),
        decided=Status.APPROVED.value,
        starts_at__lte=Parameter("latest", cast("Any", AccessRequest._meta.get_field("starts_at"))),
        ends_at__gt=Parameter("latest", cast("Any", AccessRequest._meta.get_field("ends_at"))),
    )


def newest_query(acr: Acr) -> Any:
    """Return the query for the newest verification of a class, as the ORM knows it."""
    known = [other.value for other in Acr if other.satisfies(acr)]
    newest = _live_verifications().filter(binding=Parameter("binding", _field("binding")), acr__in=known)
    return newest.order_by("-verified_at").values_list("pk", "verified_at")[:1]


def _verifications_for_outer_flow() -> Any:
    scope_of_flow = ExpressionWrapper(OuterRef("mfa_scope"), output_field=models.CharField())
    return (
        _live_verifications()
        .alias(scope_of_flow=scope_of_flow)
        .filter(
            Q(binding=Parameter("binding", _field("binding"))) | Q(scope_of_flow=Scope.USER.value),
            # The strongest class meets any other, so that what is found meets the flow's.
            acr__in=[Acr.PHISHING_RESISTANT.value, OuterRef("acr")],
        )
    )


def _live_verifications() -> Any:
    return Verification.objects.filter(
        user=Parameter("user", _field("user")),
        password_stamp=Parameter("password_stamp", _field("password_stamp")),
        revoked_at__isnull=True,
        # The range keeps the index scan short for users with a long history. A
        # verification from the future would hide the one made after it.
        verified_at__gte=Parameter("earliest", _field("verified_at")),
        verified_at__lte=Parameter("latest", _field("verified_at")),
    )


def _field(name: str) -> Any:
    return Verification._meta.get_field(name)


@lru_cache(maxsize=64)
def _compiled(
    using: str, vendor: str, flow_count: int, with_access: bool, with_proof: bool
) -> CompiledStatement:
    return compile_query(guard_query(flow_count, with_access=with_access, with_proof=with_proof), using=using)


@lru_cache(maxsize=16)
def _compiled_newest(using: str, vendor: str, acr: Acr) -> CompiledStatement:
    return compile_query(newest_query(acr), using=using)


@lru_cache(maxsize=8)
def _earliest(using: str, hour: int) -> Any:
    """Return the start of the hour in which a verification may have been made at the earliest.

    It only keeps the index range short; the domain judges the age.
    """
    moment = datetime.fromtimestamp(hour * _SECONDS_AN_HOUR, tz=UTC) - LONGEST_MAX_AGE
    return connections[using].ops.adapt_datetimefield_value(moment)

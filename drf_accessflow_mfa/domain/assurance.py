"""What a flow demands, what a caller can show, and what is missing between them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from drf_accessflow_mfa.domain.acr import Acr

NOTHING = timedelta(0)


class Requirement(NamedTuple):
    """What one flow demands now."""

    flow: str | None
    """The flow's slug; ``None`` where no flow but the package itself asks."""
    max_age: timedelta
    acr: Acr = Acr.MFA

    @property
    def strictness(self) -> tuple[int, timedelta]:
        """Return a key that sorts requirements from loose to strict."""
        return (self.acr.rank, -self.max_age)


class Assurance(NamedTuple):
    """What a caller can show: the newest verification that counts for a flow, or a token's claims."""

    verification: UUID | None
    """``None`` where an identity provider's claims show it."""
    verified_at: datetime
    acr: Acr


class Shortfall(NamedTuple):
    """A requirement that is not met."""

    requirement: Requirement


def find_shortfall(
    requirement: Requirement, assurance: Assurance | None, *, now: datetime
) -> Shortfall | None:
    """Return what is missing, or ``None`` when the requirement is met.

    The age limit is inclusive. A proof from the future counts as stale: a
    clock that runs ahead must never extend a proof (RFC 9470, section 3).
    """
    if assurance is None or not assurance.acr.satisfies(requirement.acr):
        return Shortfall(requirement=requirement)
    if is_fresh(assurance.verified_at, max_age=requirement.max_age, now=now):
        return None
    return Shortfall(requirement=requirement)


def is_fresh(verified_at: datetime, *, max_age: timedelta, now: datetime) -> bool:
    """Tell whether a proof is neither older than the limit nor from the future."""
    return NOTHING <= now - verified_at <= max_age


def strictest_of(shortfalls: Iterable[Shortfall]) -> Shortfall:
    """Return the shortfall whose step-up meets all the others too.

    The strongest class first, then the shortest age. At least one is needed.
    """
    return max(shortfalls, key=lambda shortfall: shortfall.requirement.strictness)

"""The second factor that an act on a request needs: shown before, or sent along with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.assurance import find_shortfall
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.services.guard_statement import read_flows
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut, Verified
from drf_accessflow_mfa.services.require import assurance_of, challenge_for, requirement_of, usable
from drf_accessflow_mfa.services.verify import verify

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGuess:
    """A code sent along with an act, whatever it is, and the device that it is for."""

    code: object = field(repr=False)
    device: object = None


def after_verifying(
    caller: Caller,
    guess: CodeGuess | None,
    act: Callable[[], Result],
    *,
    origin: Origin,
    now: datetime,
) -> Result | CodeRefused | LockedOut:
    """Verify a code that came along, then act.

    The code is spent in its own transaction: an act that is refused after it
    does not give it back, and the verification counts for the next try.
    """
    if guess is not None:
        outcome = verify(caller, guess.code, device=guess.device, origin=origin, now=now)
        if not isinstance(outcome, Verified):
            return outcome
    return act()


def demand_proof(slug: str, caller: Caller, *, is_required: bool, now: datetime) -> UUID | None:
    """Return the verification that lets the caller act under a flow; ``None`` where none is required.

    Raises ``FlowUnknown``, ``FlowInactive`` and ``StepUpRequired``.
    """
    row = usable(next(iter(read_flows([slug], caller, now=now)), None), slug)
    if not is_required:
        return None
    shortfall = find_shortfall(requirement_of(row), assurance_of(row), now=now)
    if shortfall is not None:
        raise challenge_for(shortfall, caller)
    return row.verification

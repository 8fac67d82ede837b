"""What a client did and saw."""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What was asked for."""

    READ = "guarded read"
    DENIAL = "denial"
    PLAIN = "plain read"
    VERIFY = "verification"
    REPLAY = "code sent twice"
    FORGET = "verifications forgotten"
    FLAG = "flow flagged"
    UNFLAG = "flow unflagged"


class Verdict(StrEnum):
    """What was answered, once its status, headers and body were found to agree."""

    DONE = "done"
    CHALLENGED = "challenged"
    CODE_REFUSED = "code refused"
    ODD = "odd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One request and its answer; the moments are seconds of the machine's monotonic clock."""

    act: Act
    member: str
    flow: str
    begun: float
    ended: float
    verdict: Verdict
    detail: str = ""
    """What was odd."""

    @property
    def seconds(self) -> float:
        """Return how long the answer took."""
        return self.ended - self.begun

"""The sizes at which everything is measured."""

from dataclasses import dataclass, replace
from typing import Self

QUICK = 100
"""``--quick`` divides the rows by this."""
FEWEST_FLOWS = 10
FEWEST_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many rows one installation has."""

    name: str
    flows: int
    users: int
    verifications: int
    requests: int
    events: int

    def __str__(self) -> str:
        return self.name

    @property
    def signed_events(self) -> int:
        """Return how many more events bear a genuine signature, to be sealed and pruned."""
        return self.events // 40

    def divided(self, by: int) -> Self:
        """Return the same with fewer rows."""
        return replace(
            self,
            flows=max(FEWEST_FLOWS, self.flows // by),
            users=max(FEWEST_ROWS, self.users // by),
            verifications=max(FEWEST_ROWS, self.verifications // by),
            requests=max(FEWEST_ROWS, self.requests // by),
            events=max(10 * FEWEST_ROWS, self.events // by),
        )


SIZES = (
    Size(name="small", flows=10, users=1_000, verifications=1_000, requests=1_000, events=10_000),
    Size(name="medium", flows=1_000, users=10_000, verifications=100_000, requests=100_000, events=1_000_000),
    Size(
        name="large",
        flows=100_000,
        users=100_000,
        verifications=1_000_000,
        requests=1_000_000,
        events=10_000_000,
    ),
)


def sizes(*, quick: bool) -> tuple[Size, ...]:
    """Return the sizes of a run, smallest first."""
    return tuple(size.divided(QUICK) for size in SIZES) if quick else SIZES

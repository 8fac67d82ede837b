"""What the clients do, and how often."""

import random
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.load.facts import Act
from benchmarks.load.world import SHORT, STEADY, World

MIX = {Act.READ: 95, Act.VERIFY: 2, Act.DENIAL: 2, Act.FLAG: 1, Act.PLAIN: 10}
"""Of a hundred requests to the package; the plain reads come on top, for comparison.

A verification stands for everything that changes what a member can show.
"""
FLOWS = {"steady": 40, "volatile": 50, "short": 10}
SHOWING = {Act.VERIFY: 70, Act.REPLAY: 10, Act.FORGET: 20}

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """Draws what comes next."""

    random: random.Random

    def act(self) -> Act:
        """Draw what to do."""
        return self._of(MIX)

    def showing(self) -> Act:
        """Draw how to change what a member can show."""
        return self._of(SHOWING)

    def flow(self, world: World) -> str:
        """Draw a flow to read."""
        kind = self._of(FLOWS)
        return {"steady": STEADY, "short": SHORT}.get(kind) or self.random.choice(world.volatile_flows)

    def _of(self, weights: dict[Choice, int]) -> Choice:
        return self.random.choices(list(weights), weights=list(weights.values()))[0]

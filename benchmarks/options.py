"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asks for."""

    quick: bool = False
    """A tenth of the rounds, one version of Django, no instructions: to see that it runs."""
    all_instructions: bool = False
    """Count the instructions of every guard, which takes half an hour."""

    def rounds(self, full: int) -> int:
        """Return how many rounds to run instead of ``full``."""
        return max(4, full // 10) if self.quick else full

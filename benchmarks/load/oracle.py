"""What must have been true when each answer was given.

Every flow is changed, and every member verified, by one client alone, one act
after the other; but anybody reads at any moment. A change takes effect
somewhere between its beginning and its end. So a read that overlaps a change
may have seen the state before or after it; one that began after the change was
answered must have seen the new state, in whichever process it was answered.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.load.facts import Act, Fact, Verdict
from benchmarks.load.world import MAX_AGE_SECONDS, SHORT, SHORT_MAX_AGE_SECONDS

SLOWEST_CODE_SECONDS = 25.0
"""A code that took longer on its way may have expired there."""

CLOCK_SLACK_SECONDS = 0.05
"""The server goes by the clock on the wall, which may be set while the load lasts."""


@dataclass(kw_only=True)
class Timeline:
    """The changes of one thing, in the order in which they were made."""

    changes: list[Fact] = field(default_factory=list)

    def possible(self, fact: Fact) -> list[Fact | None]:
        """Return the changes that may have been the last one for a read; ``None``: there was none yet."""
        # Changes of one thing never overlap, so that begun and ended rise together.
        last_over = bisect_left(self.changes, fact.begun, key=lambda change: change.ended) - 1
        last_begun = bisect_right(self.changes, fact.ended, key=lambda change: change.begun) - 1
        return [self.changes[index] if index >= 0 else None for index in range(last_over, last_begun + 1)]


class Oracle:
    """Judges facts by all that was done."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = sorted(facts, key=lambda fact: fact.begun)
        self._flows: dict[str, Timeline] = defaultdict(Timeline)
        self._members: dict[str, Timeline] = defaultdict(Timeline)
        for fact in self._facts:
            if fact.act in {Act.FLAG, Act.UNFLAG}:
                self._flows[fact.flow].changes.append(fact)
            elif fact.act is Act.FORGET or (fact.act is Act.VERIFY and fact.verdict is Verdict.DONE):
                self._members[fact.member].changes.append(fact)

    def wrong(self) -> Iterator[str]:
        """Yield what was answered otherwise than it must have been."""
        for fact in self._facts:
            expected = self.expected(fact)
            if fact.verdict not in expected:
                yield (
                    f"{fact.act} of {fact.member} {fact.flow}: {fact.verdict} {fact.detail}, "
                    f"not {' or '.join(sorted(expected))}"
                )

    def expected(self, fact: Fact) -> set[Verdict]:
        """Return the verdicts that can be right."""
        if fact.act in {Act.READ, Act.DENIAL}:
            return self._expected_of_read(fact)
        if fact.act is Act.REPLAY:
            return {Verdict.CODE_REFUSED}
        if fact.act is Act.VERIFY and fact.seconds > SLOWEST_CODE_SECONDS:
            return {Verdict.DONE, Verdict.CODE_REFUSED}
        return {Verdict.DONE}

    def overlaps(self, fact: Fact) -> bool:
        """Tell whether a change was under way while the read was."""
        return len(self.expected(fact)) > 1

    def _expected_of_read(self, fact: Fact) -> set[Verdict]:
        verdicts = set()
        for is_flagged in self._possible_flags(fact):
            if not is_flagged:
                verdicts.add(Verdict.DONE)
                continue
            for change in self._members[fact.member].possible(fact):
                verdicts |= _for_flagged(fact, change)
        return verdicts

    def _possible_flags(self, fact: Fact) -> set[bool]:
        if not fact.flow.startswith("volatile-"):
            return {True}
        changes = self._flows[fact.flow].possible(fact)
        return {change is not None and change.act is Act.FLAG for change in changes}


def _for_flagged(fact: Fact, change: Fact | None) -> set[Verdict]:
    if change is None or change.act is Act.FORGET:
        return {Verdict.CHALLENGED}
    longest = SHORT_MAX_AGE_SECONDS if fact.flow == SHORT else MAX_AGE_SECONDS
    youngest = fact.begun - change.ended - CLOCK_SLACK_SECONDS
    oldest = fact.ended - change.begun + CLOCK_SLACK_SECONDS
    verdicts = set()
    if youngest <= longest:
        verdicts.add(Verdict.DONE)
    if oldest > longest:
        verdicts.add(Verdict.CHALLENGED)
    return verdicts

"""One client thread: draws acts, does them, and writes down what it saw."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.load.codes import Authenticators
from benchmarks.load.facts import Act, Fact, Verdict
from benchmarks.load.mix import Dice
from benchmarks.load.reading import read_done, read_vault, read_verification
from benchmarks.load.wire import Answer, Wire
from benchmarks.load.world import STEADY, Member, Seat, World

VERIFICATIONS = "/api/mfa/verifications/"


@dataclass(kw_only=True)
class Client:
    """Who sits on one seat."""

    wire: Wire
    world: World
    seat: Seat
    is_flagged: bool = False
    authenticators: Authenticators = field(default_factory=Authenticators)

    def settle_in(self) -> list[Fact]:
        """Verify as everybody of this seat once."""
        everybody = (self.seat.admin, *self.seat.members)
        return [fact for member in everybody for fact in self._verify(member)]

    def act_until(self, ends: float, dice: Dice) -> list[Fact]:
        """Do what the dice say until the clock shows ``ends``."""
        facts: list[Fact] = []
        while time.monotonic() < ends:
            facts.extend(self._do(dice.act(), dice))
        return facts

    def _do(self, act: Act, dice: Dice) -> Iterator[Fact]:
        if act is Act.VERIFY:
            return self._show(dice)
        if act is Act.FLAG:
            return self._change_policy()
        if act is Act.DENIAL:
            return self._read(Act.DENIAL, dice.random.choice(self.world.strangers), STEADY)
        member, flow = dice.random.choice(self.world.members), dice.flow(self.world)
        return self._read(act, member, flow)

    def _read(self, act: Act, member: Member, flow: str) -> Iterator[Fact]:
        place = "plain" if act is Act.PLAIN else "vault"
        answer = self.wire.ask(member, "GET", f"/api/{place}/{flow}/")
        yield _fact(act, member, answer, read_vault(answer, member, flow), flow=flow)

    def _show(self, dice: Dice) -> Iterator[Fact]:
        member, act = dice.random.choice(self.seat.members), dice.showing()
        if act is Act.FORGET:
            answer = self.wire.ask(member, "DELETE", VERIFICATIONS)
            yield _fact(act, member, answer, read_done(answer))
            return
        yield from self._verify(member)
        code = self.authenticators.used_code(member)
        if act is Act.REPLAY and code is not None:
            yield self._send(act, member, code)

    def _verify(self, member: Member) -> Iterator[Fact]:
        code = self.authenticators.unused_code(member)
        if code is not None:
            yield self._send(Act.VERIFY, member, code)

    def _send(self, act: Act, member: Member, code: str) -> Fact:
        answer = self.wire.ask(member, "POST", VERIFICATIONS, {"code": code})
        return _fact(act, member, answer, read_verification(answer))

    def _change_policy(self) -> Iterator[Fact]:
        self.is_flagged = not self.is_flagged
        wanted = {"require_mfa": self.is_flagged}
        answer = self.wire.ask(self.seat.admin, "PATCH", f"/api/mfa/flows/{self.seat.flow}/", wanted)
        act = Act.FLAG if self.is_flagged else Act.UNFLAG
        yield _fact(act, self.seat.admin, answer, read_done(answer, wanted), flow=self.seat.flow)


def dice_of(number: int, seed: int) -> Dice:
    """Return the dice of a seat: the same for the same seed."""
    return Dice(random=random.Random(f"{seed}-{number}"))


def _fact(act: Act, member: Member, answer: Answer, read: tuple[Verdict, str], *, flow: str = "") -> Fact:
    verdict, detail = read
    return Fact(
        act=act,
        member=member.name,
        flow=flow,
        begun=answer.begun,
        ended=answer.ended,
        verdict=verdict,
        detail=detail,
    )

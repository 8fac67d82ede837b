"""Who and what there is while the load lasts, as the clients know it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

STEADY = "production-database"
"""A flow of the example that stays flagged throughout."""
SHORT = "short"
"""A flagged flow of a short maximum age."""
SHORT_MAX_AGE_SECONDS = 10.0
MAX_AGE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user with a token and an authenticator app."""

    name: str
    token: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What one client thread owns: nobody else changes this flow, or verifies as these members."""

    flow: str
    admin: Member
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everybody."""

    seats: tuple[Seat, ...]
    strangers: tuple[Member, ...]
    """They are enrolled and never verify."""

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the members of all seats."""
        return tuple(member for seat in self.seats for member in seat.members)

    @property
    def volatile_flows(self) -> tuple[str, ...]:
        """Return the flows that are flagged and unflagged all the time."""
        return tuple(seat.flow for seat in self.seats)

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what was kept in a file."""
        found = json.loads(path.read_text())
        return cls(
            seats=tuple(
                Seat(
                    flow=seat["flow"],
                    admin=Member(**seat["admin"]),
                    members=tuple(Member(**member) for member in seat["members"]),
                )
                for seat in found["seats"]
            ),
            strangers=tuple(Member(**member) for member in found["strangers"]),
        )

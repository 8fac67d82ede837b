"""Time steps of RFC 6238 and which of them a code may stand for."""

from collections.abc import Callable, Iterator
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple


class Tolerance(NamedTuple):
    """How many steps a code may be off (RFC 6238, section 5.2)."""

    back: int = 1
    forward: int = 0


def step_at(moment: datetime, *, period_seconds: int, epoch_seconds: int = 0) -> int:
    """Return the number of the time step that holds the moment."""
    return (int(moment.timestamp()) - epoch_seconds) // period_seconds


def find_step(
    code: str, code_of: Callable[[int], str], *, current_step: int, tolerance: Tolerance
) -> int | None:
    """Return the newest step in the window whose code this is, else ``None``.

    Every step is compared, in constant time, whether or not one matched.
    """
    found = None
    for step in _window(current_step, tolerance):
        if compare_digest(code_of(step).encode(), code.encode()):
            found = step
    return found


def _window(current_step: int, tolerance: Tolerance) -> Iterator[int]:
    first = max(0, current_step - tolerance.back)
    return iter(range(first, current_step + tolerance.forward + 1))

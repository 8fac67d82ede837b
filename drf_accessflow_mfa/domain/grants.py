"""What a grant handler owes a request: make its access real, or take it back."""

from enum import StrEnum


class GrantState(StrEnum):
    """What is known of the real resource behind a request."""

    NONE = ""
    """No handler is concerned."""
    DUE = "due"
    """To be granted, or granted again after an extension."""
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class Duty(StrEnum):
    """What a handler has to do next."""

    GRANT = "grant"
    WITHDRAW = "withdraw"


def find_duty(state: GrantState, *, is_entitled: bool) -> Duty | None:
    """Return what has to be done, or ``None`` when the resource is as it should be.

    A grant that was due and never succeeded is withdrawn as well: a handler
    that failed may have done half of its work.
    """
    if is_entitled:
        return Duty.GRANT if state is GrantState.DUE else None
    return Duty.WITHDRAW if state in {GrantState.DUE, GrantState.GRANTED} else None

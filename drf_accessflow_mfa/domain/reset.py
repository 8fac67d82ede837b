"""Who may reset whose second factor."""

from enum import StrEnum
from typing import NamedTuple


class ResetRefusal(StrEnum):
    """Why an administrator may not reset somebody's second factor, as clients read it."""

    NOT_PERMITTED = "not_permitted"
    OWN_FACTORS = "own_factors"
    SUPERUSER = "superuser"
    SAME_ADMINISTRATOR = "same_administrator"


class Standing(NamedTuple):
    """What decides about an administrator and the one whom they want to reset."""

    has_permission: bool
    is_oneself: bool
    is_superuser: bool
    subject_is_superuser: bool
    asked_for_it: bool = False
    """Whether this administrator asked for the reset that awaits a second one."""


def find_reset_refusal(standing: Standing) -> ResetRefusal | None:
    """Return why the reset is refused, or ``None``.

    Nobody resets their own: that would make a stolen session worth a second
    factor. Nobody resets a superuser but another.
    """
    if not standing.has_permission:
        return ResetRefusal.NOT_PERMITTED
    if standing.is_oneself:
        return ResetRefusal.OWN_FACTORS
    if standing.subject_is_superuser and not standing.is_superuser:
        return ResetRefusal.SUPERUSER
    if standing.asked_for_it:
        return ResetRefusal.SAME_ADMINISTRATOR
    return None

"""What became of the prompts, for the requests that were under way meanwhile."""

import copy
from dataclasses import dataclass

import httpx

from drf_accessflow_mfa.client.challenge import Challenge
from drf_accessflow_mfa.client.errors import StepUpError


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One prompt that has ended."""

    ended_at: int
    """In rounds that ended before it, not in time."""
    cookies: httpx.Cookies
    """What the server has set meanwhile."""
    error: StepUpError | None


class Rounds:
    """The last prompt for each kind of challenge of each server."""

    def __init__(self) -> None:
        self._latest: dict[object, Round] = {}
        self.ended = 0

    def find(self, challenge: Challenge, *, since: int) -> Round | None:
        """Return the round that has answered an equal challenge since then, if one did.

        Raises the ``StepUpError`` with which that round ended: who cancels a
        prompt is not asked again by each request that waited for it.
        """
        found = self._latest.get(_kind_of(challenge))
        if found is None or found.ended_at <= since:
            return None
        if found.error is not None:
            raise copy.copy(found.error)
        return found

    def end(self, challenge: Challenge, *, cookies: httpx.Cookies, error: StepUpError | None = None) -> None:
        """Keep what became of a prompt."""
        self.ended += 1
        self._latest[_kind_of(challenge)] = Round(
            ended_at=self.ended, cookies=httpx.Cookies(cookies), error=copy.copy(error)
        )


def _kind_of(challenge: Challenge) -> object:
    return challenge.verify_url, challenge.code, challenge.acr_values

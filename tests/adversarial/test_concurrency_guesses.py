"""Wrong codes at once: each is counted before it is judged, so that five are judged and no more."""

from functools import partial

import httpx
import pytest

from tests.support.crowd import DEVICE_KINDS
from tests.support.crowds import MANY, ROUNDS, VAULT, Crowd, begin_enrollment, verifying
from tests.support.storms import at_once, tally

pytest_plugins = ["tests.support.crowd_server"]


@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_of_64_wrong_codes_at_once_five_are_judged_and_all_are_counted(crowd: Crowd, kind: str) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)
        client = crowd.token(person)

        answers = at_once([verifying(client, code) for code in crowd.wrong_codes(person, MANY)])

        assert_five_were_judged(answers)
        assert crowd.events(person) == {("mfa.failed", "wrong_code"): 5, ("mfa.locked", "wait"): MANY - 5}
        assert verifying(client, crowd.code(person))().status_code == 429


@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_guesses_spread_over_sessions_share_one_budget(crowd: Crowd, kind: str) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)
        clients = [crowd.session(person) for _ in range(6)] + [crowd.token(person)]
        guesses = [clients[index % len(clients)] for index in range(MANY)]
        codes = crowd.wrong_codes(person, MANY)

        answers = at_once([verifying(client, code) for client, code in zip(guesses, codes, strict=True)])

        assert_five_were_judged(answers)


def test_a_confirmation_guessed_64_times_at_once_is_charged(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick("newcomer")
        enrolling = begin_enrollment(crowd.token(person))
        codes = crowd.wrong_codes(enrolling.app, MANY)

        answers = at_once([partial(enrolling.confirm, code) for code in codes])

        assert_five_were_judged(answers)
        assert crowd.events(person)["mfa.failed", "wrong_code"] == 5
        assert crowd.events(person)["mfa.locked", "wait"] == MANY - 5
        assert enrolling.confirm(crowd.code(enrolling.app)).status_code == 429
        assert enrolling.client.get(VAULT).json()["code"] == "mfa_enrollment_required"


def assert_five_were_judged(answers: list[httpx.Response]) -> None:
    """The limit of the attempt budget holds, and whoever is past it is told when to come back."""
    assert tally(answers) == {400: 5, 429: MANY - 5}
    for answer in answers:
        if answer.status_code == 429:
            assert 1 <= int(answer.headers["Retry-After"]) == answer.json()["retry_after"] <= 30

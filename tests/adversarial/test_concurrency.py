"""One code at once in many requests: it counts once, on each kind of database.

Real requests against four worker processes; ``ACCESSFLOW_TEST_ROUNDS`` says how often.
"""

import pytest

from tests.support.crowd import DEVICE_KINDS
from tests.support.crowds import MANY, ROUNDS, VAULT, VERIFICATIONS, Crowd, verifying
from tests.support.storms import at_once, tally

pytest_plugins = ["tests.support.crowd_server"]


@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_one_code_sent_64_times_at_once_verifies_once(crowd: Crowd, kind: str) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)
        client = crowd.token(person)

        answers = tally(at_once([verifying(client, crowd.code(person))] * MANY))

        assert answers[201] == 1
        assert answers[400] + answers[429] == MANY - 1
        assert len(client.get(VERIFICATIONS).json()) == 1
        assert crowd.events(person)["mfa.verified", ""] == 1
        assert client.get(VAULT).status_code == 200


@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_a_storm_of_one_right_code_locks_nobody_out(crowd: Crowd, kind: str) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)

        answers = at_once([verifying(crowd.token(person), crowd.code(person))] * 8)

        assert tally(answers) == {201: 1, 400: 7}
        assert crowd.events(person)["mfa.failed", "replayed"] == 7


def test_one_code_through_two_sessions_at_once_verifies_one_of_them(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick("app")
        here, there = crowd.session(person), crowd.session(person)
        code = crowd.code(person)

        answers = at_once([verifying(here, code), verifying(there, code)])

        assert tally(answers) == {201: 1, 400: 1}
        assert sorted(client.get(VAULT).status_code for client in (here, there)) == [200, 401]
        assert crowd.events(person) == {
            ("mfa.verified", ""): 1,
            ("mfa.failed", "replayed"): 1,
            ("mfa.challenged", "mfa_required"): 1,
        }


def test_the_very_first_codes_of_many_users_race_for_their_budget_rows(crowd: Crowd) -> None:
    people = [crowd.pick("app") for _ in range(4 * ROUNDS)]
    # One code each, not one each time: between two log-ins the next code may begin.
    codes = [(crowd.token(person), crowd.code(person)) for person in people]

    answers = at_once([verifying(token, code) for token, code in codes for _ in range(8)])

    assert tally(answers) == {201: len(people), 400: 7 * len(people)}
    for person in people:
        assert crowd.events(person)["mfa.verified", ""] == 1

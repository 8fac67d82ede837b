"""Changes of one user's factors at once: as if they had come one after another."""

from functools import partial

from tests.support.crowds import (
    DEVICES,
    MANY,
    RECOVERY_CODES,
    ROUNDS,
    VAULT,
    VERIFICATIONS,
    Crowd,
    begin_enrollment,
    scan,
    verified,
    verifying,
)
from tests.support.storms import at_once, tally

pytest_plugins = ["tests.support.crowd_server"]


def test_one_enrollment_confirmed_64_times_at_once_is_confirmed_once(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick("newcomer")
        enrolling = begin_enrollment(crowd.token(person))
        client = enrolling.client

        answers = at_once([partial(enrolling.confirm, crowd.code(enrolling.app))] * MANY)

        assert tally(answers) == {200: 1, 404: MANY - 1}
        assert client.get(RECOVERY_CODES).json()["left"] == 10
        assert len(client.get(VERIFICATIONS).json()) == 1
        assert crowd.events(person) == {
            ("enrollment.begun", ""): 1,
            ("mfa.verified", ""): 1,
            ("device.enrolled", ""): 1,
            ("recovery_codes.generated", ""): 1,
        }


def test_64_enrollments_begun_at_once_leave_one(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        client = crowd.token(crowd.pick("newcomer"))

        answers = at_once([partial(client.post, DEVICES, json={"name": "phone"})] * MANY)

        assert tally(answers) == {201: MANY}
        left = [device["id"] for device in client.get(DEVICES).json()]
        assert len(left) == 1
        assert left[0] in {answer.json()["id"] for answer in answers}


def test_a_double_click_on_add_leaves_an_enrollment_that_its_session_can_confirm(crowd: Crowd) -> None:
    for _ in range(ROUNDS * 2):
        client = crowd.session(crowd.pick("newcomer"))
        answers = at_once([partial(client.post, DEVICES, json={"name": "phone"})] * 8)
        assert tally(answers) == {201: 8}
        left = client.get(DEVICES).json()[0]["id"]
        enrolling = scan(client, next(answer.json() for answer in answers if answer.json()["id"] == left))

        confirmed = enrolling.confirm(crowd.code(enrolling.app))

        assert confirmed.status_code == 200


def test_recovery_codes_replaced_at_once_leave_one_set(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        client, person = verified(crowd, "app")

        answers = at_once([partial(client.post, RECOVERY_CODES)] * 16)

        assert tally(answers) == {201: 16}
        assert client.get(RECOVERY_CODES).json()["left"] == 10
        sets = [answer.json()["codes"] for answer in answers]
        used = [verifying(client, codes[0])().status_code for codes in sets[:3]]
        assert used.count(201) <= 1
        assert crowd.events(person)["recovery_codes.generated", ""] == 16


def test_verifications_forgotten_while_others_verify_are_gone_without_an_error(crowd: Crowd) -> None:
    forgetting = [verified(crowd, "app")[0] for _ in range(2 * ROUNDS)]
    others = [crowd.pick("stock_totp") for _ in range(2 * ROUNDS)]
    codes = [(crowd.token(person), crowd.code(person)) for person in others]

    answers = at_once(
        [partial(client.delete, VERIFICATIONS) for client in forgetting for _ in range(4)]
        + [verifying(token, code) for token, code in codes for _ in range(4)]
    )

    assert tally(answers) == {204: 4 * len(forgetting), 201: len(others), 400: 3 * len(others)}
    assert {client.get(VAULT).status_code for client in forgetting} == {401}

"""The clock goes forth and back: nothing is extended, given back or locked for long (rules 1 to 3)."""

from datetime import timedelta

import pytest

from tests.adversarial.attack import DEVICES, LOCKED, REFUSED, STEP, VERIFICATIONS, guess, opens, post, verify
from tests.support.crowds import RECOVERY_CODES, Crowd, begin_enrollment, verified

pytest_plugins = ["tests.support.crowd_server"]

HOUR = timedelta(hours=1)


def go(crowd: Crowd, duration: timedelta) -> None:
    """Let the clocks of all workers jump, back or forth."""
    crowd.server.pass_time(duration)


def test_going_forth_ends_a_verification(crowd: Crowd) -> None:
    client, _ = verified(crowd, "app")
    go(crowd, HOUR - timedelta(minutes=5))
    assert opens(client)

    go(crowd, timedelta(minutes=5, seconds=1))

    assert not opens(client)
    assert client.get(VERIFICATIONS).json() == []


def test_a_verification_from_the_future_counts_as_stale(crowd: Crowd) -> None:
    go(crowd, HOUR)
    client, _ = verified(crowd, "app")
    assert opens(client)

    go(crowd, -HOUR)

    assert not opens(client)
    assert client.get("/api/mfa/status/").json()["verified"] is False
    assert client.get(VERIFICATIONS).json() == []
    assert client.post(RECOVERY_CODES).status_code == 401
    assert client.post(DEVICES, json={"name": "another"}).status_code == 401


@pytest.mark.parametrize("kind", ["app", "stock_totp"])
@pytest.mark.parametrize("back", [STEP, HOUR])
def test_going_back_makes_no_spent_code_valid(crowd: Crowd, kind: str, back: timedelta) -> None:
    client, person = verified(crowd, kind)
    spent = crowd.code(person)

    go(crowd, -back)

    assert post(client, spent) == REFUSED
    assert post(client, crowd.code(person)) == REFUSED
    assert crowd.events(person)["mfa.verified", ""] == 1
    go(crowd, back)
    assert post(client, spent) == REFUSED


def test_codes_count_again_once_the_clock_has_caught_up(crowd: Crowd) -> None:
    go(crowd, HOUR)
    client, person = verified(crowd, "app")
    go(crowd, -HOUR)

    go(crowd, HOUR + STEP)

    assert post(client, crowd.code(person))[0] == 201


def test_a_recovery_code_is_the_way_in_until_then(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("newcomer"))
    go(crowd, HOUR)
    enrolling = begin_enrollment(client)
    recovery_code = enrolling.confirm(crowd.code(enrolling.app)).json()["recovery_codes"][0]
    go(crowd, -HOUR)
    assert post(client, crowd.code(enrolling.app)) == REFUSED

    assert post(client, recovery_code)[0] == 201

    assert opens(client)
    go(crowd, HOUR)


def test_going_back_shortens_no_lock_and_prolongs_none(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    guess(crowd, client, person)

    go(crowd, -HOUR)

    locked = client.post(VERIFICATIONS, json={"code": crowd.code(person)})
    assert locked.status_code == 429
    assert 1 <= locked.json()["retry_after"] <= 30
    go(crowd, timedelta(seconds=31))
    assert post(client, crowd.code(person)) == LOCKED or opens(client)
    go(crowd, HOUR)


def test_a_lock_that_has_expired_is_not_longer_than_before_when_the_clock_goes_back(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    guess(crowd, client, person)
    go(crowd, timedelta(minutes=2))

    go(crowd, -timedelta(minutes=2))

    locked = client.post(VERIFICATIONS, json={"code": crowd.code(person)})
    assert locked.status_code == 201 or 1 <= locked.json()["retry_after"] <= 30
    go(crowd, timedelta(minutes=2))
    assert post(client, crowd.code(person))[0] == 201


def test_going_back_gives_no_guess_back(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    guess(crowd, client, person, times=4)

    go(crowd, -30 * HOUR)
    assert guess(crowd, client, person, times=1) == [REFUSED]

    assert post(client, crowd.code(person)) == LOCKED
    go(crowd, 30 * HOUR)


def test_an_enrollment_from_the_future_is_not_confirmed(crowd: Crowd) -> None:
    go(crowd, HOUR)
    enrolling = begin_enrollment(crowd.token(crowd.pick("newcomer")))

    go(crowd, -HOUR)

    assert enrolling.confirm(crowd.code(enrolling.app)).status_code == 404


def test_the_clients_clock_is_nobodys(crowd: Crowd) -> None:
    """A date, a time stamp or a step in the request moves nothing."""
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    go(crowd, 3 * STEP)
    past = crowd.server.now() - 3 * STEP
    client.headers["Date"] = past.strftime("%a, %d %b %Y %H:%M:%S GMT")

    answer = client.post(
        VERIFICATIONS, json={"code": code, "now": past.isoformat(), "timestamp": past.timestamp(), "t": 1}
    )

    assert answer.status_code == 400
    assert not opens(client)
    verify(crowd, client, person)

"""Every guess counts (rule 3), before it is judged, and a lock never shuts the owner out."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.budget import LockReason
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut, Verified
from drf_accessflow_mfa.services.verify import verify
from tests.people import (
    API,
    BY,
    ORIGIN,
    by_session,
    by_token,
    post_code,
    verified,
    with_app,
)


def attempt(someone, code, *, identity="their token", **options):
    return verify(someone.caller(identity), code, origin=ORIGIN, **options)


def guess(someone, times, **options):
    return [attempt(someone, someone.wrong_code(), **options) for _ in range(times)]


def test_five_wrong_codes_lock_and_the_right_one_is_not_judged(rita, clock):
    guess(rita, 5)
    client = by_token(rita)

    answer = post_code(client, rita.code())

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "detail": "Too many wrong codes. Wait, or use a recovery code.",
        "code": "mfa_locked",
        "retry_after": 30,
    }
    clock.shift(29)
    assert post_code(client, rita.code()).headers["Retry-After"] == "1"
    clock.shift(1)
    assert post_code(client, rita.code()).status_code == 201


def test_the_wait_doubles_with_each_further_wrong_code(rita, clock):
    guess(rita, 5)

    waits = []
    for _ in range(9):
        locked = attempt(rita, rita.code())
        waits.append(locked.retry_after_seconds)
        clock.shift(locked.retry_after_seconds)
        assert isinstance(attempt(rita, rita.wrong_code()), CodeRefused)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_asking_while_locked_prolongs_nothing(rita, clock):
    guess(rita, 5)

    for _ in range(100):
        attempt(rita, rita.wrong_code())

    assert rita.budget() == (5, 5)
    assert attempt(rita, rita.code()).retry_after_seconds == 30


def test_guesses_count_over_all_credentials_addresses_and_devices(rita, clock):
    tablet = with_app(rita, name="tablet")
    clients = [BY[kind](rita) for kind in BY]
    ways = [{}, {"device": rita.device}, {"device": tablet.device}, {"device": "x"}, {"device": 7}]

    for number, fields in enumerate(ways):
        client = clients[number % 3]
        client.defaults = {"REMOTE_ADDR": f"192.0.2.{number}", "HTTP_X_FORWARDED_FOR": f"198.51.100.{number}"}
        assert post_code(client, rita.wrong_code(), **fields).status_code == 400

    assert {post_code(client, rita.code()).status_code for client in clients} == {429}


@pytest.mark.parametrize(
    "code", [None, "", 7, [], {}, "x", "1" * 17, "\uff11\uff12\uff13\uff14\uff15\uff16", "123456\x00", 1e308]
)
def test_a_malformed_code_counts_like_any_other(rita, code):
    for _ in range(5):
        assert isinstance(attempt(rita, code), CodeRefused)

    assert isinstance(attempt(rita, rita.code()), LockedOut)


def test_a_user_without_any_device_is_charged_too(nina):
    assert isinstance(attempt(nina, "123456"), CodeRefused)
    assert nina.budget() == (1, 1)
    assert nina.events() == [("mfa.failed", "no_device")]


def test_twenty_wrong_codes_a_day_lock_whatever_succeeded_between(rita, clock):
    for number in range(20):
        assert isinstance(attempt(rita, rita.wrong_code()), CodeRefused)
        if number < 19:
            assert isinstance(attempt(rita, rita.code()), Verified)
        clock.shift(30)

    locked = attempt(rita, rita.code())

    assert locked.reason is LockReason.DAILY_LIMIT
    assert locked.retry_after_seconds == 24 * 3600 - 20 * 30
    clock.shift(locked.retry_after_seconds)
    assert isinstance(attempt(rita, rita.code()), Verified)


def test_a_hundred_in_a_row_wait_for_a_recovery_code(rita, clock):
    guessed = 0
    while guessed < 100:
        outcome = attempt(rita, rita.wrong_code())
        if isinstance(outcome, LockedOut):
            clock.shift(outcome.retry_after_seconds)
        else:
            guessed += 1
    clock.shift(timedelta(days=365))
    assert attempt(rita, rita.code()).reason is LockReason.DISABLED

    assert isinstance(attempt(rita, rita.recovery_codes()[0]), Verified)

    assert isinstance(attempt(rita, rita.code()), Verified)


def test_one_persons_guesses_cost_another_nothing(rita, omar):
    guess(rita, 5)

    assert isinstance(attempt(omar, omar.code()), Verified)


def test_a_lock_never_ends_a_live_verification(serve, rita, clock, refunds):
    url, client = serve(access_flow="refunds"), by_token(rita)
    verified(client, rita)
    guess(rita, 5)

    assert post_code(client, rita.code()).status_code == 429
    assert client.get(url).status_code == 200
    assert client.get(API + "status/").json()["verified"] is True


def test_the_first_code_of_an_enrollment_is_charged(nina, clock):
    client = by_token(nina)
    begun = client.post(API + "devices/", {"name": "phone"}, format="json").json()
    url = f"{API}devices/{begun['id']}/confirmation/"

    answers = [
        client.post(url, {"code": code}, format="json") for code in ("000000", None, "x", [], "1" * 99)
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert client.post(url, {"code": "000000"}, format="json").status_code == 429
    assert nina.budget() == (5, 5)


def test_starting_an_enrollment_again_gives_no_guess_back(nina, clock):
    client = by_token(nina)
    for _ in range(5):
        begun = client.post(API + "devices/", {"name": "phone"}, format="json").json()
        client.post(f"{API}devices/{begun['id']}/confirmation/", {"code": "000000"}, format="json")

    begun = client.post(API + "devices/", {"name": "phone"}, format="json").json()
    answer = client.post(f"{API}devices/{begun['id']}/confirmation/", {"code": "000000"}, format="json")

    assert answer.status_code == 429


def test_removing_and_logging_out_give_no_guess_back(rita, clock):
    client = by_session(rita)
    verified(client, rita)
    guess(rita, 4)
    client.logout()
    rita.app.delete()

    assert rita.budget() == (4, 4)


def test_each_refusal_is_in_the_log_with_its_reason_and_no_code(rita, clock):
    from drf_accessflow_mfa.models import AuditEvent

    codes = [rita.wrong_code(), "malformed!", rita.code()]
    for code in [*codes, rita.code(), *codes[:1] * 4, rita.code()]:
        attempt(rita, code)

    assert [reason for _, reason in rita.events()] == [
        "wrong_code",
        "no_device",
        "",
        "replayed",
        *["wrong_code"] * 4,
        "replayed",
    ]
    rows = str(list(AuditEvent.objects.values()))
    assert not any(code in rows for code in codes)


def test_a_clock_that_went_back_neither_locks_for_long_nor_gives_guesses_back(rita, clock):
    clock.shift(timedelta(days=30))
    guess(rita, 5)
    clock.shift(timedelta(days=-30))

    locked = attempt(rita, rita.code())

    assert (locked.reason, locked.retry_after_seconds) == (LockReason.WAIT, 30)
    clock.shift(30)
    assert isinstance(attempt(rita, rita.wrong_code()), CodeRefused)
    assert rita.budget() == (6, 6)

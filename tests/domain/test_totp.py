"""Time steps, and the vectors of RFC 4226 and RFC 6238."""

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.totp import Tolerance, find_step, step_at

SECRET = base64.b32encode(b"12345678901234567890").decode()
HOTP_VECTORS = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
TOTP_VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
ONE_BACK = Tolerance(back=1, forward=0)
EXACT = Tolerance(back=0, forward=0)


def moment(posix_seconds):
    return datetime.fromtimestamp(posix_seconds, tz=UTC)


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP_VECTORS)))
def test_the_vectors_of_rfc_4226_are_found_at_their_counter(counter, code):
    generate = pyotp.TOTP(SECRET).generate_otp

    assert find_step(code, generate, current_step=counter, tolerance=EXACT) == counter


@pytest.mark.parametrize(("posix_seconds", "code"), list(TOTP_VECTORS.items()))
@pytest.mark.parametrize("digits", [6, 8])
def test_the_vectors_of_rfc_6238_are_found_at_their_time(posix_seconds, code, digits):
    generate = pyotp.TOTP(SECRET, digits=digits).generate_otp
    step = step_at(moment(posix_seconds), period_seconds=30)

    found = find_step(code[-digits:], generate, current_step=step, tolerance=EXACT)

    assert found == posix_seconds // 30


@pytest.mark.parametrize("code", ["81804", "0081804", "81804.0", "7081804", ""])
def test_leading_zeros_are_part_of_the_code(code):
    step = step_at(moment(1111111109), period_seconds=30)

    assert find_step(code, pyotp.TOTP(SECRET).generate_otp, current_step=step, tolerance=ONE_BACK) is None


@pytest.mark.parametrize("second", [0, 1, 15, 29])
@pytest.mark.parametrize(
    ("tolerance", "offsets"),
    [
        (Tolerance(), {-1, 0}),
        (EXACT, {0}),
        (Tolerance(back=0, forward=1), {0, 1}),
        (Tolerance(back=1, forward=1), {-1, 0, 1}),
    ],
)
def test_the_window_holds_exactly_the_tolerated_steps(second, tolerance, offsets):
    totp, start = pyotp.TOTP(SECRET), 1_800_000_000 // 30 * 30
    current = step_at(moment(start + second), period_seconds=30)

    accepted = {
        offset
        for offset in range(-4, 5)
        if find_step(
            totp.generate_otp(current + offset), totp.generate_otp, current_step=current, tolerance=tolerance
        )
    }

    assert accepted == offsets


def test_the_newest_step_is_consumed_where_two_steps_share_a_code():
    assert find_step("111111", lambda step: "111111", current_step=7, tolerance=Tolerance(forward=1)) == 8


def test_no_step_before_the_epoch_is_asked_for():
    asked = []
    find_step(
        "000000", lambda step: str(asked.append(step)) or "x", current_step=0, tolerance=Tolerance(back=1)
    )

    assert asked == [0]


@given(st.integers(0, 2**33), st.integers(1, 120))
def test_a_moment_lies_within_its_step(posix_seconds, period):
    when = moment(posix_seconds)
    step = step_at(when, period_seconds=period)

    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=step * period)
    assert timedelta(0) <= when - start < timedelta(seconds=period)


def test_a_step_counts_from_the_device_own_epoch():
    assert step_at(moment(100), period_seconds=30, epoch_seconds=40) == 2

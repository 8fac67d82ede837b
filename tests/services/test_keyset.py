"""Positions of pages: what clients send back is read strictly, and never an error."""

from datetime import UTC, datetime

import pytest

from drf_accessflow_mfa.services import keyset
from drf_accessflow_mfa.services.keyset import BETWEEN, event_position_of, moment_of

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXT = "2026-06-01T12:00:00Z"
LONGEST = "9" * keyset._LONGEST_KEY


@pytest.mark.parametrize("text", [TEXT, "2026-06-01T12:00:00+00:00", "2026-06-01T14:00:00+02:00"])
def test_an_aware_moment_is_read_in_utc(text):
    moment = moment_of(text)

    assert moment == NOON
    assert moment.tzinfo is UTC


NO_MOMENT = ["", "yesterday", "2026-06-01T12:00:00", "2026-13-01T12:00:00Z", "0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("text", NO_MOMENT)
def test_what_is_no_aware_moment_that_a_database_knows_is_none(text):
    assert moment_of(text) is None


@pytest.mark.parametrize("key", ["0", "42", LONGEST])
def test_a_position_is_a_moment_and_an_id(key):
    assert event_position_of(f"{TEXT}{BETWEEN}{key}") == (NOON, int(key))


@pytest.mark.parametrize(
    "text",
    [
        *(f"{moment}{BETWEEN}42" for moment in NO_MOMENT),
        *(
            f"{TEXT}{BETWEEN}{key}"
            for key in ("", "-1", "1.5", "x", "\N{FULLWIDTH DIGIT ONE}", LONGEST + "9")
        ),
        TEXT,
        "",
    ],
)
def test_anything_else_is_no_position(text):
    assert event_position_of(text) is None

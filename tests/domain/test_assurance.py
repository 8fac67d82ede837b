"""What a caller can show, against what a flow demands."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import (
    Assurance,
    Requirement,
    Shortfall,
    find_shortfall,
    strictest_of,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def proof(age, acr=Acr.MFA):
    return Assurance(verification=uuid4(), verified_at=NOW - age, acr=acr)


@pytest.mark.parametrize(
    ("age", "passes"),
    [
        (timedelta(0), True),
        (HOUR - TICK, True),
        (HOUR, True),
        (HOUR + TICK, False),
        (timedelta(days=400), False),
        (-TICK, False),
        (-HOUR, False),
    ],
)
def test_the_age_limit_is_inclusive_and_the_future_is_stale(age, passes):
    shortfall = find_shortfall(Requirement(flow="a", max_age=HOUR), proof(age), now=NOW)

    assert (shortfall is None) is passes


def test_nothing_to_show_is_a_shortfall():
    requirement = Requirement(flow="a", max_age=HOUR)

    assert find_shortfall(requirement, None, now=NOW) == Shortfall(requirement=requirement)


def test_a_fresh_but_weak_verification_does_not_meet_a_strong_flow():
    strong = Requirement(flow="a", max_age=HOUR, acr=Acr.PHISHING_RESISTANT)

    assert find_shortfall(strong, proof(timedelta(0)), now=NOW) is not None
    assert find_shortfall(strong, proof(timedelta(0), Acr.PHISHING_RESISTANT), now=NOW) is None


@given(st.timedeltas(), st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=1)))
def test_a_verification_passes_exactly_within_the_age_limit(age, max_age):
    try:
        shown = proof(age)
    except OverflowError:
        return

    shortfall = find_shortfall(Requirement(flow="a", max_age=max_age), shown, now=NOW)

    assert (shortfall is None) is (timedelta(0) <= age <= max_age)


@pytest.mark.parametrize("order", [1, -1])
def test_the_strongest_class_wins_before_the_shortest_age(order):
    short = Shortfall(requirement=Requirement(flow="short", max_age=timedelta(minutes=5)))
    strong = Shortfall(requirement=Requirement(flow="phr", max_age=HOUR, acr=Acr.PHISHING_RESISTANT))

    assert strictest_of([short, strong][::order]) is strong


requirements = st.builds(
    Requirement,
    flow=st.just("a"),
    max_age=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=1)),
    acr=st.sampled_from(list(Acr)),
)


@given(st.lists(requirements, min_size=1), st.sampled_from(list(Acr)))
def test_a_step_up_for_the_strictest_meets_every_other(wanted, acr):
    strictest = strictest_of([Shortfall(requirement=each) for each in wanted]).requirement

    fresh = Assurance(verification=uuid4(), verified_at=NOW, acr=strictest.acr)

    assert all(find_shortfall(each, fresh, now=NOW) is None for each in wanted)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_of_one_class_the_shorter_age_is_the_stricter(order):
    short = Shortfall(requirement=Requirement(flow="short", max_age=timedelta(minutes=5)))
    long = Shortfall(requirement=Requirement(flow="long", max_age=HOUR))

    assert strictest_of([short, long][::order]) is short

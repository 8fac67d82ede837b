"""The oracle of the load: what may have been true, and what must have been."""

import pytest

from benchmarks.load.facts import Act, Fact, Verdict
from benchmarks.load.oracle import CLOCK_SLACK_SECONDS, Oracle
from benchmarks.load.world import SHORT, SHORT_MAX_AGE_SECONDS, STEADY

DONE, CHALLENGED, REFUSED = Verdict.DONE, Verdict.CHALLENGED, Verdict.CODE_REFUSED
VOLATILE = "volatile-0"


def fact(act, begun, ended, verdict=DONE, *, member="rita", flow=""):
    return Fact(act=act, member=member, flow=flow, begun=begun, ended=ended, verdict=verdict)


def verified(begun, ended):
    return fact(Act.VERIFY, begun, ended)


def forgotten(begun, ended):
    return fact(Act.FORGET, begun, ended)


def flagged(begun, ended):
    return fact(Act.FLAG, begun, ended, member="ada", flow=VOLATILE)


def unflagged(begun, ended):
    return fact(Act.UNFLAG, begun, ended, member="ada", flow=VOLATILE)


def expected(*done, begun, ended, flow=STEADY):
    read = fact(Act.READ, begun, ended, flow=flow)
    return Oracle([*done, read]).expected(read)


@pytest.mark.parametrize(
    ("done", "begun", "ended", "verdicts"),
    [
        ([], 0, 1, {CHALLENGED}),
        ([verified(1, 2)], 3, 4, {DONE}),
        ([verified(1, 2)], 1.5, 1.6, {DONE, CHALLENGED}),
        ([verified(1, 2)], 0, 1.5, {DONE, CHALLENGED}),
        ([verified(1, 2)], 0, 0.5, {CHALLENGED}),
        ([verified(1, 2), forgotten(3, 4)], 5, 6, {CHALLENGED}),
        ([verified(1, 2), forgotten(3, 4)], 2.5, 3.5, {DONE, CHALLENGED}),
        ([verified(1, 2), forgotten(3, 4), verified(5, 6)], 0, 7, {DONE, CHALLENGED}),
        ([verified(1, 2), forgotten(3, 4), verified(5, 6)], 7, 8, {DONE}),
    ],
)
def test_what_a_member_showed_is_known_once_it_was_answered(done, begun, ended, verdicts):
    assert expected(*done, begun=begun, ended=ended) == verdicts


@pytest.mark.parametrize(
    ("done", "begun", "ended", "verdicts"),
    [
        ([], 0, 1, {DONE}),
        ([flagged(1, 2)], 2.5, 3, {CHALLENGED}),
        ([flagged(1, 2)], 1.5, 3, {DONE, CHALLENGED}),
        ([flagged(1, 2), unflagged(3, 4)], 4.5, 5, {DONE}),
        ([flagged(1, 2), unflagged(3, 4)], 2.5, 2.8, {CHALLENGED}),
        ([flagged(1, 2), unflagged(3, 4)], 3.5, 3.6, {DONE, CHALLENGED}),
    ],
)
def test_a_read_after_a_change_of_policy_must_have_seen_it(done, begun, ended, verdicts):
    assert expected(*done, begun=begun, ended=ended, flow=VOLATILE) == verdicts


@pytest.mark.parametrize(
    ("begun", "ended", "verdicts"),
    [
        (2 + SHORT_MAX_AGE_SECONDS - 2, 2 + SHORT_MAX_AGE_SECONDS - 1.5, {DONE}),
        (1 + SHORT_MAX_AGE_SECONDS, 2 + SHORT_MAX_AGE_SECONDS, {DONE, CHALLENGED}),
        (2 + SHORT_MAX_AGE_SECONDS + 2 * CLOCK_SLACK_SECONDS, 20, {CHALLENGED}),
    ],
)
def test_a_verification_ages(begun, ended, verdicts):
    assert expected(verified(1, 2), begun=begun, ended=ended, flow=SHORT) == verdicts


def test_what_another_member_did_changes_nothing():
    other = fact(Act.VERIFY, 1, 2, member="omar")

    assert expected(other, begun=3, ended=4) == {CHALLENGED}


def test_a_code_that_was_refused_shows_nothing():
    refused = fact(Act.VERIFY, 1, 2, REFUSED)

    assert expected(refused, begun=3, ended=4) == {CHALLENGED}
    assert list(Oracle([refused]).wrong()) == ["verification of rita : code refused , not done"]


def test_a_code_that_is_accepted_twice_is_wrong():
    assert list(Oracle([fact(Act.REPLAY, 1, 2)]).wrong())
    assert not list(Oracle([fact(Act.REPLAY, 1, 2, REFUSED)]).wrong())


@pytest.mark.parametrize("act", list(Act))
def test_an_odd_answer_is_always_wrong(act):
    assert list(Oracle([fact(act, 1, 2, Verdict.ODD, flow=VOLATILE)]).wrong())

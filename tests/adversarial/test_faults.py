"""The database or the worker goes away between each two statements (rules 1 and 9).

Never a success without its event, never an event without its success, never a
code that can be used again, never an open flow; and afterwards everything
goes on. The points are found by counting; the acts are in ``acts/``.
"""

import pytest
from django.utils.module_loading import import_string

from tests.support.crowds import ROUNDS
from tests.support.databases import every_database
from tests.support.faults import MODES
from tests.support.insiders import Insider
from tests.support.tripwires import AFTER_COMMIT, BEFORE_COMMIT

pytest_plugins = ["tests.support.crowd_server"]

ACTS = [
    "codes.Verify",
    "codes.VerifyBySession",
    "codes.VerifyByRecoveryCode",
    "codes.GuessWrong",
    "codes.Confirm",
    "codes.VerifyBare",
    "factors.BeginEnrollment",
    "factors.RemoveDevice",
    "factors.ReplaceRecoveryCodes",
    "factors.ForgetVerifications",
    "factors.Reset",
    "policy.ChangeFlow",
    "policy.LoosenFlow",
    "policy.CreateFlow",
    "policy.DeleteFlow",
    "policy.AskAtTheGuard",
    "policy.Decide",
    "policy.DecideWithACode",
    "policy.RevokeAccess",
]
ALWAYS = {"codes.Verify", "codes.Confirm", "factors.Reset", "policy.ChangeFlow", "policy.Decide"}
"""The others go the same ways through the same services: ``make attack`` tries them all."""
CASES = [
    pytest.param(*database.values, act, marks=database.marks)
    for database in every_database()
    for act in ACTS
    if ROUNDS > 1 or act in ALWAYS
]
FEWEST_POINTS = 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("crowd", "act"), CASES, indirect=["crowd"], scope="session")
def test_wherever_it_is_broken_it_is_whole_or_not_at_all(
    insider: Insider, act: str, mode: str, request: pytest.FixtureRequest
) -> None:
    path = f"tests.adversarial.acts.{act}"

    report = insider.call("tests.support.faults.try_every_point", path, mode)

    # For ``--junitxml``: docs/attacks.md counts them.
    request.node.user_properties.append(("points", len(report["points"])))
    assert not report["problems"], "\n\n".join(report["problems"])
    assert report["undisturbed"] == import_string(path).succeeds
    assert len(report["points"]) >= FEWEST_POINTS
    assert {BEFORE_COMMIT, AFTER_COMMIT} <= set(report["points"])

"""Locked, deadlocked: the service tries again within a bound, and no client sees it."""

from functools import partial

import pytest

from tests.adversarial.acts import contention
from tests.adversarial.attack import administrator
from tests.support.crowds import ROUNDS, Crowd, verifying
from tests.support.insiders import Insider
from tests.support.storms import at_once, tally

pytest_plugins = ["tests.support.crowd_server"]

CONTENTION = contention.__name__
FLOWS = "/api/mfa/flows/"
FOR_EVER = 60


def test_a_deadlock_is_tried_again(crowd: Crowd, insider: Insider) -> None:
    """SQLite has one lock, so nobody can hold one half of two."""
    if crowd.server.database == "sqlite":
        assert insider.call(f"{CONTENTION}.outcome_behind_a_lock", 0.1, 1)[0] == "Verified"
        return
    begun = 0
    for _ in range(5):
        outcome, begun, verifications = insider.call(f"{CONTENTION}.outcome_in_a_deadlock")
        assert (outcome, verifications) == ("Verified", 1)
        if begun > 1:
            break

    assert begun > 1, "the other one gave way each time"


def test_a_lock_that_outlasts_one_try_is_waited_for(crowd: Crowd, insider: Insider) -> None:
    patience, held = (1, 1.5) if crowd.server.database == "mariadb" else (0.05, 0.4)

    outcome = insider.call(f"{CONTENTION}.outcome_behind_a_lock", held, patience)

    assert outcome == ["Verified", 1, 0, 0, False]


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("create", "flow.created"),
        ("change", "flow.changed"),
        ("delete", "flow.deleted"),
        ("bind", "flow.changed"),
        ("unbind", "flow.changed"),
    ],
)
def test_a_change_of_policy_waits_for_a_lock_that_outlasts_one_try(
    crowd: Crowd, insider: Insider, act: str, kind: str
) -> None:
    patience, held = (1, 1.5) if crowd.server.database == "mariadb" else (0.05, 0.4)

    outcome = insider.call(f"{CONTENTION}.policy_behind_a_lock", act, held, patience)

    assert outcome == ["done", [kind]]


def test_a_flow_under_which_a_request_is_opened_meanwhile_is_in_use(crowd: Crowd, insider: Insider) -> None:
    """PostgreSQL looks at the commit; the others let nobody open one while the flow is locked."""
    if crowd.server.database != "postgresql":
        assert insider.call(f"{CONTENTION}.policy_behind_a_lock", "delete", 0.1, 1)[0] == "done"
        return

    outcome = insider.call(f"{CONTENTION}.deletion_beside_a_new_request")

    assert outcome == ["FlowInUse", "opened"]


def test_a_lock_for_ever_is_given_up_after_a_bounded_time_and_leaves_nothing(
    crowd: Crowd, insider: Insider
) -> None:
    patience = 1 if crowd.server.database == "mariadb" else 0.02

    outcome = insider.call(f"{CONTENTION}.outcome_behind_a_lock", FOR_EVER, patience)

    assert outcome == ["OperationalError", 0, 0, 0, True]


@pytest.mark.parametrize("groups", [[], ["requesters", "approvers"]])
def test_flows_created_changed_and_deleted_at_once_make_no_error_500(crowd: Crowd, groups: list[str]) -> None:
    admin = administrator(crowd)
    for round_number in range(ROUNDS):
        slugs = [f"stormy-{len(groups)}-{round_number}-{number}" for number in range(4)]
        body = {"name": "Stormy", "require_mfa": True, "requesters": groups, "approvers": groups[::-1]}
        calls = []
        for slug in slugs:
            admin.post(FLOWS, json={"slug": slug, **body}).raise_for_status()
            calls += [
                partial(admin.patch, f"{FLOWS}{slug}/", json={"requesters": groups, "mfa_max_age": 60}),
                partial(admin.patch, f"{FLOWS}{slug}/", json={"approvers": groups[:1], "requesters": []}),
                partial(admin.post, FLOWS, json={"slug": f"{slug}-new", **body}),
                partial(admin.post, FLOWS, json={"slug": f"{slug}-new", **body}),
                partial(admin.delete, f"{FLOWS}{slug}/"),
                partial(admin.get, FLOWS),
            ]

        statuses = tally(at_once(calls))

        assert set(statuses) <= {200, 201, 204, 400, 404, 409}
        assert (statuses[204], statuses[201]) == (4, 4)


def test_codes_of_many_and_changes_of_policy_at_once_are_all_answered(crowd: Crowd) -> None:
    admin = administrator(crowd)
    admin.post(FLOWS, json={"slug": "busy", "name": "Busy", "require_mfa": True}).raise_for_status()
    people = [crowd.pick("app") for _ in range(4 * ROUNDS)]
    codes = [verifying(crowd.token(person), crowd.code(person)) for person in people]
    changes = [partial(admin.patch, f"{FLOWS}busy/", json={"mfa_max_age": age}) for age in range(60, 76)]

    answers = tally(at_once([*codes, *changes]))

    assert answers == {201: len(people), 200: len(changes)}

"""Which changes of a flow's rules for requests give more than before."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.labels import find_label_problem
from drf_accessflow_mfa.domain.policy import FlowPolicy, Scope, find_loosened
from drf_accessflow_mfa.domain.request_policy import RequestPolicy

HOUR = timedelta(hours=1)
STRICT = RequestPolicy(
    requesters=frozenset({"requesters"}),
    approvers=frozenset({"approvers"}),
    approvals_required=2,
    require_mfa_to_approve=True,
    requester_cannot_approve_self=True,
    justification_required=True,
    approver_reason_required=True,
    grant_required=True,
    max_duration=HOUR,
    approval_timeout=HOUR,
    max_extensions=1,
    extension_duration=HOUR,
)
LOOSER = [
    ("requesters", frozenset({"requesters", "guests"})),
    ("requesters", frozenset({"guests"})),
    ("approvers", frozenset({"approvers", "guests"})),
    ("approvals_required", 1),
    ("require_mfa_to_approve", False),
    ("requester_cannot_approve_self", False),
    ("justification_required", False),
    ("approver_reason_required", False),
    ("grant_required", False),
    ("max_duration", 2 * HOUR),
    ("approval_timeout", 2 * HOUR),
    ("max_extensions", 2),
    ("extension_duration", 2 * HOUR),
]
STRICTER = [
    ("requesters", frozenset()),
    ("approvers", frozenset()),
    ("approvals_required", 3),
    ("max_duration", HOUR / 2),
    ("approval_timeout", HOUR / 2),
    ("max_extensions", 0),
    ("extension_duration", HOUR / 2),
]


def flow(requests):
    return FlowPolicy(
        is_active=True,
        require_mfa=False,
        max_age=HOUR,
        scope=Scope.CREDENTIAL,
        acr=Acr.MFA,
        requests=requests,
    )


@pytest.mark.parametrize(("name", "value"), LOOSER)
def test_giving_more_or_asking_less_loosens(name, value):
    assert find_loosened(flow(STRICT), flow(STRICT._replace(**{name: value}))) == (name,)


@pytest.mark.parametrize(("name", "value"), STRICTER)
def test_giving_less_or_asking_more_does_not(name, value):
    assert find_loosened(flow(STRICT), flow(STRICT._replace(**{name: value}))) == ()


def test_deleting_a_flow_whose_approvers_need_mfa_loosens():
    assert find_loosened(flow(STRICT), None) == ("require_mfa_to_approve",)


@pytest.mark.parametrize(
    ("labels", "is_fine"),
    [
        ({}, True),
        ({"team": "billing", "cost-center/7": "Größe"}, True),
        ({"team": ""}, True),
        ([], False),
        ({"": "x"}, False),
        ({"-x": "x"}, False),
        ({"a" * 64: "x"}, False),
        ({"team": 1}, False),
        ({"team": "x" * 201}, False),
        ({"team": "\x00"}, False),
        ({"team": "\ud800"}, False),
        ({f"name-{number}": "x" for number in range(33)}, False),
    ],
)
def test_labels_are_few_short_and_storable_everywhere(labels, is_fine):
    assert (find_label_problem(labels) is None) == is_fine


def test_a_new_flow_asks_one_other_person_and_gives_no_more_than_hours():
    assert RequestPolicy() == RequestPolicy(
        requesters=frozenset(),
        approvers=frozenset(),
        approvals_required=1,
        require_mfa_to_approve=False,
        requester_cannot_approve_self=True,
        justification_required=False,
        approver_reason_required=False,
        grant_required=False,
        max_duration=timedelta(hours=8),
        approval_timeout=timedelta(hours=24),
        max_extensions=0,
        extension_duration=timedelta(hours=1),
    )


def test_labels_may_reach_their_limits():
    assert find_label_problem({f"label-{number}": "x" * 200 for number in range(32)}) is None


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([], "Labels are an object"),
        ({f"label-{number}": "x" for number in range(33)}, "There can be 32 labels"),
        ({7: "x"}, "A label's name"),
        ({"label": "x" * 201}, "A label's text"),
        ({"label": 7}, "A label's text"),
    ],
)
def test_labels_beyond_their_limits_are_refused_with_the_reason(labels, says):
    assert find_label_problem(labels).startswith(says)

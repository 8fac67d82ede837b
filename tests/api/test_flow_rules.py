"""The rules of a flow for access requests, over the API."""

import pytest
from django.contrib.auth.models import Group

from drf_accessflow_mfa.models import AccessFlow, AuditEvent
from tests.asking import ask, export, requester
from tests.people import API, by_token, may, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
RULES = {
    "requesters": ["requesters"],
    "approvers": ["approvers"],
    "approvals_required": 2,
    "require_mfa_to_approve": True,
    "requester_cannot_approve_self": True,
    "justification_required": True,
    "approver_reason_required": True,
    "grant_required": False,
    "max_duration": 3600,
    "approval_timeout": 86400,
    "max_extensions": 1,
    "extension_duration": 1800,
    "labels": {"team": "billing"},
}


@pytest.fixture
def client(ada):
    for name in ("requesters", "approvers", "guests"):
        Group.objects.create(name=name)
    return by_token(may(ada))


def test_every_rule_can_be_set_and_read_groups_by_name(client):
    answer = client.post(API + "flows/", {"slug": "export", "name": "Export", **RULES}, format="json")

    assert answer.status_code == 201
    shown = client.get(API + "flows/export/").json()
    assert {name: shown[name] for name in RULES} == RULES
    changes = AuditEvent.objects.get(kind="flow.created").changes
    assert changes["approvers"] == [None, ["approvers"]]
    assert changes["max_duration"] == [None, 3600]


def test_a_new_flow_lets_nobody_request_and_nothing_be_automatic(client):
    shown = client.post(API + "flows/", {"slug": "export", "name": "Export"}, format="json").json()

    assert (shown["requesters"], shown["approvers"], shown["approvals_required"]) == ([], [], 1)
    assert shown["requester_cannot_approve_self"] is True


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("approvers", ["approvers", "guests"], ["approvers"], ["approvers", "guests"]),
        ("requesters", ["requesters", "guests"], ["requesters"], ["guests", "requesters"]),
        ("approvals_required", 0, 2, 0),
        ("require_mfa_to_approve", False, True, False),
        ("max_duration", 7200, 3600, 7200),
    ],
)
def test_loosening_a_rule_needs_a_fresh_verification_and_is_logged(client, ada, name, value, old, new):
    client.post(API + "flows/", {"slug": "export", "name": "Export", **RULES}, format="json")
    refused = client.patch(API + "flows/export/", {name: value}, format="json")
    kept = client.get(API + "flows/export/").json()[name]
    verified(client, ada)

    accepted = client.patch(API + "flows/export/", {name: value}, format="json")

    assert (refused.status_code, kept, accepted.status_code) == (401, RULES[name], 200)
    assert AuditEvent.objects.get(kind="flow.changed").changes == {name: [old, new]}


def test_tightening_a_rule_needs_none(client):
    client.post(API + "flows/", {"slug": "export", "name": "Export", **RULES}, format="json")

    answer = client.patch(API + "flows/export/", {"approvers": [], "approvals_required": 3}, format="json")

    assert (answer.status_code, answer.json()["approvers"]) == (200, [])


def test_a_group_that_does_not_exist_is_an_error_of_the_field(client):
    answer = client.post(API + "flows/", {"slug": "x", "name": "x", "approvers": ["nobody"]}, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["approvers"])
    assert not AccessFlow.objects.exists()


def test_a_flow_that_has_requests_is_not_deleted(client):
    export()
    ask(requester())

    answer = client.delete(API + "flows/export/")

    assert (answer.status_code, answer.json()["code"]) == (409, "flow_in_use")

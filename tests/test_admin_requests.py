"""Access requests in the admin: to read, and to revoke through the service."""

import pytest
from django.test import Client
from django.urls import reverse

from drf_accessflow_mfa.models import AccessFlow, AccessRequest, AuditEvent
from tests.asking import approver, ask, decide, export, requester, status_of
from tests.people import enrolled, may
from tests.test_admin import submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = reverse("admin:drf_accessflow_mfa_accessrequest_changelist")


def browser_of(someone):
    browser = Client()
    browser.force_login(someone.user)
    return browser


@pytest.fixture
def request_of_rita(db, clock):
    export()
    request = ask(requester(), justification="Ticket 7.")
    return decide(approver(), request, reason="Fine.")


def revoke(browser, *requests, **fields):
    selected = [str(request.pk) for request in requests]
    return browser.post(LIST, {"action": "revoke", "_selected_action": selected, **fields}, follow=True)


def test_the_pages_show_the_request_and_offer_no_change(ada, request_of_rita):
    browser = browser_of(ada)
    url = reverse("admin:drf_accessflow_mfa_accessrequest_change", args=[request_of_rita.pk])

    listed, shown = browser.get(LIST), browser.get(url)

    assert "active" in listed.content.decode()
    page = shown.content.decode()
    assert all(text in page for text in ("Ticket 7.", "Fine.", "omar"))
    assert 'name="_save"' not in page
    assert browser.post(url, {"justification": "Other."}).status_code == 403


def test_revoking_goes_through_the_service_and_is_audited(ada, request_of_rita):
    answer = revoke(browser_of(ada), request_of_rita, reason="She left.")

    assert "1 access revoked." in answer.content.decode()
    assert status_of(request_of_rita) == "revoked"
    event = AuditEvent.objects.get(kind="request.revoked")
    assert (event.actor, event.source, event.reason) == (ada.user, "admin", "She left.")
    assert AccessRequest.objects.get().closing_reason == "She left."


@pytest.mark.parametrize("typed", [{}, {"reason": ""}, {"reason": "  "}])
def test_a_flow_that_requires_a_reason_is_not_satisfied_without_one(ada, request_of_rita, typed):
    AccessFlow.objects.update(approver_reason_required=True)

    answer = revoke(browser_of(ada), request_of_rita, **typed)

    # The admin writes the first letter of a message large, which may be one of the key's.
    assert f"{request_of_rita.pk}: the access flow requires a reason." in answer.content.decode().lower()
    assert "revoked." not in answer.content.decode()
    assert status_of(request_of_rita) == "active"


def test_where_no_reason_is_required_none_is_made_up(ada, request_of_rita):
    revoke(browser_of(ada), request_of_rita)

    assert AuditEvent.objects.get(kind="request.revoked").reason == ""


def test_the_list_asks_for_a_reason_where_it_offers_to_revoke(ada, request_of_rita):
    auditor = may(enrolled("aude", is_staff=True), "view_accessrequest")

    asked = [browser_of(someone).get(LIST).content.decode() for someone in (ada, auditor)]

    assert ['name="reason"' in page for page in asked] == [True, False]


def test_each_of_several_requests_is_told_apart(ada, request_of_rita):
    waiting = ask(requester("olga"))

    page = revoke(browser_of(ada), request_of_rita, waiting).content.decode()

    assert "1 access revoked." in page
    assert f"{waiting.pk} is not active." in page.lower()


def test_what_is_over_cannot_be_revoked(ada, request_of_rita):
    browser = browser_of(ada)
    revoke(browser, request_of_rita)

    assert "is not active" in revoke(browser, request_of_rita).content.decode()


def test_looking_does_not_mean_revoking(request_of_rita):
    auditor = may(enrolled("aude", is_staff=True), "view_accessrequest")

    revoke(browser_of(auditor), request_of_rita)

    assert status_of(request_of_rita) == "active"


def test_adding_an_approvers_group_to_a_flow_needs_a_code(ada):
    flow = export()
    browser = browser_of(ada)
    keys = {name: [group.pk for group in getattr(flow, name).all()] for name in ("requesters", "approvers")}
    widened = {
        "requesters": keys["requesters"],
        "approvers": [*keys["requesters"], *keys["approvers"]],
        "labels": '{"team": "billing"}',
    }

    refused = submit(browser, flow, **widened)
    approvers = {group.name for group in flow.approvers.all()}
    accepted = submit(browser, flow, **widened, mfa_code=ada.code())

    assert (refused.status_code, approvers) == (200, {"approvers"})
    assert accepted.status_code == 302
    assert {group.name for group in AccessFlow.objects.get().approvers.all()} == {"approvers", "requesters"}
    changes = AuditEvent.objects.get(kind="flow.changed").changes
    assert changes["approvers"] == [["approvers"], ["approvers", "requesters"]]
    assert changes["labels"] == [{}, {"team": "billing"}]

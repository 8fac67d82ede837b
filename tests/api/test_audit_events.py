"""The audit log over HTTP: whose events, which keys, which pages."""

import re
from itertools import chain

import pytest
from django.utils import timezone

from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.services.audit_log import own_events
from tests import resetting
from tests.asking import approver, ask, decide, export, requester
from tests.people import API, by_token, may, verified

pytestmark = pytest.mark.django_db


UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


EVENT = {"id", "occurred_at", "kind", "outcome", "reason", "actor", "subject", "flow", "verification"} | {
    "device",
    "method",
    "credential",
    "ip",
    "user_agent",
    "source",
    "changes",
}


@pytest.fixture
def client(rita):
    may(rita, "add_accessflow", "change_accessflow")
    client = by_token(rita)
    verified(client, rita)
    return client


def test_audit_events(client, rita, omar):
    omar.app.verify_token("000000")

    page = client.get(API + "audit-events/").json()

    assert set(page) == {"next", "previous", "results"}
    (event,) = page["results"]
    assert set(event) >= EVENT
    assert (event["kind"], event["outcome"], event["actor"], event["subject"]) == (
        "mfa.verified",
        "success",
        "rita",
        "rita",
    )
    assert (event["method"], event["credential"], event["source"], event["ip"]) == (
        "otp",
        "token",
        "api",
        "127.0.0.1",
    )
    assert UTC_TIME.fullmatch(event["occurred_at"])


def test_audit_events_of_others_need_the_permission(rita, omar, ada):
    omar.app.verify_token("000000")
    rita.app.verify_token("000000")

    def subjects(someone, **filters):
        page = by_token(someone).get(API + "audit-events/", filters).json()["results"]
        return [event["subject"] for event in page]

    assert subjects(rita) == ["rita"]
    assert subjects(rita, subject="omar") == []
    assert subjects(ada) == ["rita", "omar"]
    assert subjects(ada, subject="omar") == subjects(ada, actor="omar") == ["omar"]
    assert subjects(ada, subject="nobody") == []


def test_audit_events_are_filtered_and_paged_without_gaps(rita, clock):
    for number in range(120):
        AuditEvent.objects.create(
            occurred_at=timezone.now(),
            kind="mfa.failed" if number % 2 else "mfa.verified",
            outcome="failure" if number % 2 else "success",
            source="api",
            subject=rita.user,
            flow=f"flow-{number % 3}",
        )
        clock.shift(number % 2)
    client, seen, url = by_token(rita), [], API + "audit-events/?page_size=7"
    while url:
        page = client.get(url).json()
        seen += [event["id"] for event in page["results"]]
        url = page["next"]

    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) == 120
    for filters, count in {
        "kind=mfa.failed": 60,
        "outcome=success": 60,
        "flow=flow-1": 40,
        "since=2026-06-01T12:00:35Z": 60,
        "until=2026-06-01T12:00:05Z": 2,
    }.items():
        found = client.get(f"{API}audit-events/?page_size=200&{filters}").json()["results"]
        assert len(found) == count, filters


def shown(someone, **filters):
    """The events that a user sees: what happened, by whom, about whom."""
    page = by_token(someone).get(API + "audit-events/", {"page_size": 200, **filters}).json()
    return [(event["kind"], event["actor"], event["subject"]) for event in page["results"]]


def test_who_decides_sees_what_they_have_decided(clock, db):
    rita, omar, lena = requester("rita"), approver("omar"), approver("lena")
    export()
    decide(omar, ask(rita))

    assert shown(omar) == [("request.approved", "omar", "rita")]
    assert shown(rita) == [("request.approved", "omar", "rita"), ("request.created", "rita", "rita")]
    assert shown(lena) == []


def test_who_edits_a_flow_sees_it_in_the_log(client, rita, omar):
    client.post(API + "flows/", {"slug": "payouts", "name": "Payouts", "require_mfa": True}, format="json")
    client.patch(API + "flows/payouts/", {"mfa_max_age": 60}, format="json")

    assert shown(rita)[:2] == [("flow.changed", "rita", ""), ("flow.created", "rita", "")]
    assert shown(rita, subject="rita") == [("mfa.verified", "rita", "rita")]
    assert len(shown(rita, actor="rita")) == 3
    assert shown(omar) == []


def test_a_reset_is_in_both_logs_and_each_event_once(clock, rita):
    hella = resetting.helper("hella")
    resetting.reset_by(hella, rita)

    about_rita = [("mfa.reset", "hella", "rita"), ("device.removed", "hella", "rita")]
    assert shown(rita) == about_rita
    assert shown(hella) == [*about_rita, ("mfa.verified", "hella", "hella")]


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_what_i_did_and_what_was_done_to_me_are_one_list_without_gaps(rita, omar, clock, size):
    people = [(rita, rita), (rita, omar), (omar, rita), (omar, omar), (rita, None), (None, rita)]
    expected = []
    for number in range(60):
        actor, subject = people[number * 7 % 6]
        event = AuditEvent.objects.create(
            occurred_at=timezone.now(),
            kind="mfa.verified",
            outcome="success",
            source="api",
            actor=actor and actor.user,
            subject=subject and subject.user,
        )
        expected += [event.pk] if rita in (actor, subject) else []
        clock.shift(number % 3 == 0)
    client, pages, url = by_token(rita), [], f"{API}audit-events/?page_size={size}"

    while url:
        page = client.get(url).json()
        pages.append([event["id"] for event in page["results"]])
        url, back = page["next"], page["previous"]
    backwards = [pages[-1]]
    while back:
        page = client.get(back).json()
        backwards.insert(0, [event["id"] for event in page["results"]])
        back = page["previous"]

    assert list(chain(*pages)) == list(chain(*backwards)) == expected[::-1]
    assert {len(page) for page in pages[:-1]} <= {size}


def test_ones_own_events_are_read_as_a_queryset_is(rita, omar):
    rita.app.verify_token("000000")
    omar.app.verify_token("000000")
    rita.app.verify_token("111111")

    own = own_events(rita.user)

    keys = list(AuditEvent.objects.filter(subject=rita.user).order_by("id").values_list("id", flat=True))
    assert [event["id"] for event in own] == keys[::-1]
    assert [event["id"] for event in own.order_by("occurred_at", "id")] == keys
    assert [event["id"] for event in own[1:2]] == keys[:1]
    assert list(own.filter(kind="nothing")) == []

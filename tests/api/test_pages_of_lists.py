"""Every row of a list stands on one page, in both directions, whatever its moment is."""

import base64
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from tests.asking import export
from tests.people import API, by_token, flow, may
from tests.trail_acts import delete

pytestmark = pytest.mark.django_db
EVENTS, REQUESTS, FLOWS = (f"{API}{name}/" for name in ("audit-events", "requests", "flows"))
MORE_THAN_AN_OFFSET_REACHES = 1_250


def with_events(someone, count, *, now=None, kind="mfa.verified"):
    moment = now or timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(occurred_at=moment, kind=kind, outcome="success", source="api", subject=someone.user)
        for _ in range(count)
    )


def with_requests(someone, count):
    asked, now = export(), timezone.now()
    AccessRequest.objects.bulk_create(
        AccessRequest(
            flow=asked,
            requester=someone.user,
            duration=timedelta(hours=1),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        for _ in range(count)
    )


def walk(client, url, way, *, key="id", most=40):
    """The keys of all rows from here on, page by page, and the URL of the last page."""
    keys = []
    for _ in range(most):
        page = client.get(url).json()
        found = [row[key] for row in page["results"]]
        keys = [*keys, *found] if way == "next" else [*found, *keys]
        if page[way] is None:
            return keys, url
        url = page[way]
    raise AssertionError("The pages have no end.")


def test_more_events_of_one_moment_than_an_offset_reaches_are_all_shown(rita):
    with_events(rita, MORE_THAN_AN_OFFSET_REACHES)
    client = by_token(rita)

    forth, last = walk(client, f"{EVENTS}?page_size=200", "next")
    back, _ = walk(client, last, "previous")

    every = list(AuditEvent.objects.order_by("-id").values_list("id", flat=True))
    assert forth == every
    assert back == every


def test_more_requests_of_one_moment_than_an_offset_reaches_are_all_shown(rita):
    with_requests(rita, MORE_THAN_AN_OFFSET_REACHES)
    client = by_token(rita)

    forth, last = walk(client, f"{REQUESTS}?page_size=200", "next")
    back, _ = walk(client, last, "previous")

    assert len(forth) == len(set(forth)) == MORE_THAN_AN_OFFSET_REACHES
    assert back == forth


def test_flows_are_paged_in_both_directions(rita):
    for number in range(23):
        flow(f"flow-{number:02}")
    client = by_token(rita)

    forth, last = walk(client, f"{FLOWS}?page_size=5", "next", key="slug")
    back, _ = walk(client, last, "previous", key="slug")

    assert forth == back == [f"flow-{number:02}" for number in range(23)]


def test_events_that_come_meanwhile_move_no_page(rita):
    with_events(rita, 6)
    client = by_token(rita)
    first = client.get(f"{EVENTS}?page_size=3").json()

    with_events(rita, 2, now=timezone.now() + timedelta(seconds=1))

    second = client.get(first["next"]).json()
    assert len({row["id"] for row in [*first["results"], *second["results"]]}) == 6
    assert len(client.get(second["previous"]).json()["results"]) == 3
    assert client.get(client.get(second["previous"]).json()["previous"]).json()["previous"] is None


@pytest.mark.parametrize("way", ["next", "previous"])
def test_from_a_page_whose_events_are_gone_the_way_leads_back_into_the_list(rita, way):
    with_events(rita, 4)
    client, ids = by_token(rita), sorted(AuditEvent.objects.values_list("id", flat=True), reverse=True)
    first = client.get(f"{EVENTS}?page_size=2").json()
    gone, kept = (ids[2:], ids[:2]) if way == "next" else (ids[:2], ids[2:])
    url = first["next"] if way == "next" else client.get(first["next"]).json()["previous"]
    delete(*gone)

    page = client.get(url).json()

    back = "previous" if way == "next" else "next"
    assert page["results"] == []
    assert [row["id"] for row in client.get(page[back]).json()["results"]] == kept


@pytest.mark.parametrize("name", ["actor", "subject"])
def test_a_name_that_nobody_has_matches_no_event(ada, name):
    with_events(ada, 1)
    AuditEvent.objects.create(
        occurred_at=timezone.now(), kind="keys.rotated", outcome="success", source="command"
    )
    assert not User.objects.filter(username="nobody").exists()

    assert by_token(ada).get(EVENTS, {name: "nobody"}).json()["results"] == []


MOMENT = "2026-01-01 00:00:00+00:00"
SOME_ID = uuid.UUID("6f1b6f4e-4d7e-4d0c-9c5e-0f6d3c2b1a09")
BAD_KEYS = ("", "x", "-1", "1" * 19, "\u0661", "1~2", str(SOME_ID))
POSITIONS = {
    EVENTS: [MOMENT, "~5", "2026-01-01 00:00:00~5", *(f"{MOMENT}~{key}" for key in BAD_KEYS)],
    REQUESTS: [f"{MOMENT}~5", f"{MOMENT}~", f"~{SOME_ID}", "x~y"],
    FLOWS: ["\u0661", "a\x00b"],
}


@pytest.mark.parametrize(("url", "position"), [(url, text) for url in POSITIONS for text in POSITIONS[url]])
def test_a_position_that_no_row_of_the_list_can_have_is_refused(rita, url, position):
    cursor = base64.b64encode(urlencode({"p": position}).encode()).decode()

    answer = by_token(may(rita, "view_accessrequest")).get(url, {"cursor": cursor})

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"

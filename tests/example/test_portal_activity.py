"""The portal's list of the audit log: filters, time zones, pages, words."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.models import AuditEvent
from example_project.portal.wording import SENTENCES
from tests import people

ACTIVITY = "/portal/activity/"


@pytest.fixture
def rita(db):
    return people.person()


@pytest.fixture
def ritas(rita):
    """Rita's browser."""
    client = Client()
    client.force_login(rita.user)
    return client


def log(someone, **fields):
    event = {"kind": EventKind.MFA_VERIFIED, "outcome": "success", "occurred_at": people.NOON, **fields}
    return AuditEvent.objects.create(subject=someone.user, subject_name="rita", **event)


def rows_of(answer):
    return answer.content.decode().count("<tr><td>")


def test_the_flow_is_chosen_among_those_that_there_are(rita, ritas):
    people.flow("refunds", name="Refunds of customers")
    log(rita, flow="refunds")
    log(rita, flow="other")

    answer = ritas.get(ACTIVITY, {"flow": "refunds"})

    assert b'<option value="refunds" selected>Refunds of customers</option>' in answer.content
    assert rows_of(answer) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"since": "yesterday"}, "Enter a valid date/time."),
        ({"since": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, "Enter a valid date/time."),
        ({"until": "9999-12-31T23:59", "zone": "America/Lima"}, "Enter a valid date/time."),
        ({"flow": "Refunds of customers"}, "Select a valid choice."),
        ({"kind": "nothing"}, "Select a valid choice."),
    ],
)
def test_a_filter_that_cannot_be_read_says_so_at_its_field(rita, ritas, query, said):
    log(rita)

    answer = ritas.get(ACTIVITY, query)

    assert said in answer.content.decode()
    assert "Nothing matches" not in answer.content.decode()
    assert ritas.get("/portal/activity/export/", query).status_code == 200


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"since": "2026-06-01T12:00"}, 1),
        ({"since": "2026-06-01T12:01"}, 0),
        ({"since": "2026-06-01T14:00", "zone": "Europe/Berlin"}, 1),
        ({"since": "2026-06-01T14:01", "zone": "Europe/Berlin"}, 0),
        ({"until": "2026-06-01T12:00"}, 1),
        ({"until": "2026-06-01T11:59"}, 0),
        ({"until": "2026-06-01T13:59", "zone": "Europe/Berlin"}, 0),
        ({"since": "2026-06-01T12:00", "zone": "../../etc/passwd"}, 1),
    ],
)
def test_times_are_read_in_the_zone_of_the_reader_to_the_minute(rita, ritas, query, rows):
    log(rita)

    assert rows_of(ritas.get(ACTIVITY, query)) == rows


def test_older_events_are_a_link_away_and_the_filters_stay(rita, ritas):
    for minutes in range(60):
        log(rita, occurred_at=people.NOON + timedelta(minutes=minutes))
    log(rita, kind=EventKind.DEVICE_ENROLLED)

    first = ritas.get(ACTIVITY, {"kind": "mfa.verified"})
    older = re.search(r'href="([^"]+)">Older', first.content.decode())
    second = ritas.get(ACTIVITY + older[1].replace("&amp;", "&"))

    assert (rows_of(first), rows_of(second)) == (50, 10)
    assert "Older" not in second.content.decode()
    assert 'href="?kind=mfa.verified">Newest' in second.content.decode()


def test_every_kind_of_event_has_its_sentence(rita, ritas):
    log(rita)

    assert set(SENTENCES) == set(EventKind)
    assert "<td>Passed MFA</td>" in ritas.get(ACTIVITY).content.decode()
    assert b"mfa.verified" in b"".join(ritas.get("/portal/activity/export/"))

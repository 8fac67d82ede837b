"""What stands in a cell of an export, and whose addresses are shown with a verification."""

import csv
import io
import logging

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.domain.trail import EVENT_FIELDS, event_bytes
from drf_accessflow_mfa.models import AuditEvent, Verification
from drf_accessflow_mfa.services import audit_export, audit_log, passages
from drf_accessflow_mfa.services.passages import Passage, record_passages
from drf_accessflow_mfa.services.verify import verify
from tests import trail_acts as acts
from tests.people import NOON, ORIGIN, enrolled, may, person

pytestmark = pytest.mark.django_db


def test_a_cell_is_empty_where_nothing_is_and_holds_json_in_one_order():
    acts.append(1, changes={"b": [None, 1], "a": [2, None]})
    output = io.StringIO()

    call_command("accessflow_mfa_audit", "export", "--format=csv", stdout=output)

    header, row = csv.reader(io.StringIO(output.getvalue(), newline=""))
    cells = dict(zip(header, row, strict=True))
    assert (cells["actor_id"], cells["verification"]) == ("", "")
    assert cells["changes"] == '{"a": [2, null], "b": [null, 1]}'
    assert audit_export._cell("a\0b") == "ab"
    assert audit_export._cell(None) == ""


def test_an_address_is_signed_as_it_is_written():
    acts.append(1)

    content = event_bytes(AuditEvent.objects.values(*EVENT_FIELDS).get())

    assert b"192.0.2.1" in content


def test_a_verification_is_shown_with_the_address_that_it_came_from():
    rita = enrolled()
    verified = verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)
    passage = Passage(
        user=rita.user,
        verification=verified.verification.pk,
        flows=("refunds",),
        credential="token",
        method="GET",
        path="/",
    )
    elsewhere = Origin(source=Source.API, ip="198.51.100.7", user_agent="another")
    record_passages([passage], status=200, origin=elsewhere, now=NOON)

    def shown():
        found = audit_log.origins_of(rita.user, list(Verification.objects.all()))
        return [row["ip"] for row in found.values()]

    assert shown() == ["192.0.2.1"]
    # Whichever of the two events the database returns first.
    acts.tamper("UPDATE {table} SET id = -id WHERE kind = 'mfa.passed'")
    assert shown() == ["192.0.2.1"]


def test_without_verifications_nobody_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert audit_log.origins_of(User(pk=7), []) == {}


def test_with_the_permission_all_events_are_read_and_found_by_name():
    ada, omar, rita = may(person("ada"), "view_auditevent"), person("omar"), enrolled()
    verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    for name, count in (("rita", 1), ("omar", 0), ("nobody", 0)):
        assert len(list(audit_log.events_for(ada.user, {"actor": name}))) == count
    assert len(list(audit_log.events_for(ada.user, {}))) == 1
    assert list(audit_log.events_for(omar.user, {})) == []
    assert [row["kind"] for row in audit_log.events_for(rita.user, {"subject": "rita"})] == ["mfa.verified"]


def test_where_the_access_log_is_off_no_line_is_handed_on(monkeypatch):
    monkeypatch.setattr(passages.access_log, "level", logging.WARNING)
    passages.access_log.manager._clear_cache()
    lines = []
    handler = logging.Handler()
    handler.emit = lines.append
    passages.access_log.addHandler(handler)
    try:
        passages.log_passage(
            Passage(user=User(pk=7), verification="x", flows=(), credential="token", method="GET", path="/")
        )
    finally:
        passages.access_log.removeHandler(handler)
        monkeypatch.undo()
        passages.access_log.manager._clear_cache()

    assert lines == []

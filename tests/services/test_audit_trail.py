"""Whoever changes, removes or inserts an audit event is found out, and the event is named."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from drf_accessflow_mfa.domain.trail import EVENT_FIELDS
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.services import audit_check, seal
from tests import trail_acts as acts

pytestmark = pytest.mark.django_db

OLD_KEY, NEW_KEY = "o" * 32, "n" * 32
FORGED = "inserted, or changed before it was sealed"


@pytest.fixture
def sealed():
    """Ten events in checkpoints of three."""
    ids = acts.append(10)
    acts.seal_all()
    return ids


def values_other_than(row):
    """A statement's new value for each column: of the right type, and different."""
    return {
        "occurred_at": "2026-06-01 12:00:05.123457",
        "actor_id": 77,
        "subject_id": 78,
        "request": "0" * 32,
        "verification": "f" * 32,
        "ip": "192.0.2.2",
        "changes": '{"a": 1}',
    }


def test_an_untouched_log_is_whole(sealed):
    report = audit_check.check_trail()

    assert (report.checkpoints, report.sealed, report.unsealed, report.findings) == (4, 10, 0, [])


def test_every_column_but_the_id_and_the_signature_is_signed():
    columns = {field.attname for field in AuditEvent._meta.concrete_fields}

    assert columns == {*EVENT_FIELDS, "id", "mac"}


@pytest.mark.parametrize("column", EVENT_FIELDS)
@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_change_of_any_column_is_named(column, is_sealed):
    ids = acts.append(5)
    if is_sealed:
        acts.seal_all()

    acts.tamper(
        f"UPDATE {{table}} SET {column} = %s WHERE id = %s",
        values_other_than(column).get(column, "x"),
        ids[2],
    )

    place = f"event {ids[2]}, checkpoint 1: changed" if is_sealed else f"event {ids[2]}: {FORGED}"
    assert acts.check() == [place]


@pytest.mark.parametrize("position", [0, 4, 8])
def test_a_removed_event_is_named(sealed, position):
    acts.delete(sealed[position])

    assert acts.check() == [f"event {sealed[position]}, checkpoint {position // 3 + 1}: removed"]


def test_the_first_of_several_is_named_first(sealed):
    acts.delete(sealed[5], sealed[1])
    acts.tamper("UPDATE {table} SET reason = 'x' WHERE id = %s", sealed[3])

    assert [line.split(",")[0] for line in acts.check()] == [f"event {sealed[at]}" for at in (1, 3, 5)]


def test_an_event_made_without_the_keys_is_named_and_never_sealed(sealed):
    forged = sealed[-1] + 5
    columns = ", ".join(EVENT_FIELDS)
    acts.tamper(
        f"INSERT INTO {{table}} (id, mac, {columns}) SELECT %s, %s, {columns} FROM {{table}} WHERE id = %s",
        forged,
        "0" * 56,
        sealed[0],
    )

    assert seal.seal_all().refused == [forged]
    assert [str(finding).split(": ")[0] for finding in audit_check.check_trail().findings] == [
        f"event {forged}"
    ]
    assert seal.seal_all().checkpoints == []


def test_a_copy_of_a_genuine_event_is_named(sealed):
    copy = sealed[-1] + 1
    columns = ", ".join(("mac", *EVENT_FIELDS))
    acts.tamper(
        f"INSERT INTO {{table}} (id, {columns}) SELECT %s, {columns} FROM {{table}} WHERE id = %s",
        copy,
        sealed[0],
    )
    acts.seal_all()

    assert acts.check() == [f"event {copy}: a copy of another event"]


def test_two_equal_events_of_one_moment_are_no_copies():
    acts.append(1)
    acts.append(1)

    assert acts.check() == []


def test_exchanged_events_are_named(sealed):
    for old, new in ((sealed[0], -1), (sealed[1], sealed[0]), (-1, sealed[1])):
        acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", new, old)

    assert [line.split(",")[0] for line in acts.check()] == [f"event {key}" for key in sealed[:2]]


def test_an_event_dated_back_into_a_sealed_range_is_named(sealed):
    gap = acts.append(1)
    acts.delete(*gap)
    acts.append(3)
    acts.seal_all()
    columns = ", ".join(EVENT_FIELDS)
    acts.tamper(
        f"INSERT INTO {{table}} (id, mac, {columns}) SELECT %s, %s, {columns} FROM {{table}} WHERE id = %s",
        gap[0],
        "f" * 56,
        sealed[0],
    )

    assert len(acts.check()) == 1
    assert acts.check()[0].startswith(f"event {gap[0]}:")


def test_appending_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        acts.append(1)


def test_sealing_logs_each_checkpoint_for_those_who_keep_it_elsewhere(caplog):
    acts.append(1)
    with caplog.at_level("INFO", "drf_accessflow_mfa.audit"):
        acts.seal_all()

    (record,) = caplog.records
    assert AuditCheckpoint.objects.get().digest in record.getMessage()


def test_verify_prints_what_is_wrong_and_fails(sealed, capsys):
    call_command("accessflow_mfa_audit", "verify")
    assert "Nothing was changed" in capsys.readouterr().out
    acts.delete(sealed[4])

    with pytest.raises(CommandError, match=f"event {sealed[4]}, checkpoint 2: removed"):
        call_command("accessflow_mfa_audit", "verify")


def test_verify_warns_where_the_database_protects_nothing(capsys):
    call_command("accessflow_mfa_audit", "verify")

    assert "protect" in capsys.readouterr().err


def test_what_seal_prints_is_an_anchor_for_verify(capsys):
    acts.append(1)
    call_command("accessflow_mfa_audit", "seal")
    anchor = capsys.readouterr().out.split()[0]

    call_command("accessflow_mfa_audit", "verify", f"--anchor={anchor}")

    assert "Nothing was changed" in capsys.readouterr().out


@pytest.mark.parametrize("anchor", ["7", "x:y", "1:abc", ":"])
def test_an_anchor_that_is_none_is_refused(anchor):
    with pytest.raises(CommandError, match="anchor"):
        call_command("accessflow_mfa_audit", "verify", f"--anchor={anchor}")


def test_events_are_signed_however_they_are_made():
    AuditEvent.objects.create(occurred_at=acts.NOON, kind="x", outcome="success", source="api")
    AuditEvent.objects.bulk_create(
        [AuditEvent(occurred_at=acts.NOON + timedelta(1), kind="y", outcome="success", source="api")]
    )

    assert acts.check() == []

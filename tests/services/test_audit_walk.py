"""The walk over a log: what it counts, where it looks, and what happens to the log meanwhile."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.trail import Damage
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.services import audit_check, prune
from drf_accessflow_mfa.services.audit_check import Anchor
from tests import trail_acts as acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]

DAY = timedelta(days=1)
LONG_AGO = acts.NOON - 400 * DAY
OLD_KEY, NEW_KEY = "o" * 32, "n" * 32
INSERTED = "inserted, or changed before it was sealed"


def counts():
    report = audit_check.check_trail()
    return [report.checkpoints, report.sealed, report.pruned, report.unsealed]


def test_what_is_sealed_pruned_and_neither_is_counted():
    acts.append(3, now=LONG_AGO)
    acts.append(4)
    acts.seal_all()
    assert counts() == [3, 7, 0, 0]

    list(prune.prune())
    acts.append(1)

    assert counts() == [3, 4, 3, 2]


def test_a_late_event_counts_as_unsealed_until_it_is_sealed():
    ids = acts.append(4)
    acts.hide(ids[1])
    acts.seal_all()
    acts.show(ids[1])
    assert counts() == [1, 3, 0, 1]

    acts.seal_all()

    assert counts() == [2, 4, 0, 0]


def test_the_very_first_event_is_looked_at_where_nothing_is_sealed():
    (key,) = acts.append(1)
    acts.tamper("UPDATE {table} SET id = 1 WHERE id = %s", key)
    acts.forge(1)
    assert acts.check() == [f"event 1: {INSERTED}"]

    found = acts.check(Anchor(number=1, digest="0" * 64))

    assert sorted(found) == ["checkpoint 1: checkpoint missing", f"event 1: {INSERTED}"]


def test_of_a_missing_checkpoint_only_itself_is_named():
    acts.append(10)
    acts.seal_all()
    AuditCheckpoint.objects.filter(number=2).delete()

    assert acts.check() == ["checkpoint 2: checkpoint missing"]


def test_a_checkpoint_that_was_signed_anew_is_named_by_the_next_one():
    acts.append(6)
    acts.seal_all()
    acts.sign_anew(1)

    assert acts.check() == ["checkpoint 1: checkpoint changed"]


def test_of_a_checkpoint_with_other_members_only_itself_is_named():
    acts.append(3)
    acts.seal_all()
    first = AuditCheckpoint.objects.get()
    members = bytes(first.members)
    first.members = members[:-1] + bytes([members[-1] ^ 1])
    first.save()

    assert acts.check() == ["checkpoint 1: checkpoint changed"]


def test_an_event_put_among_pruned_ones_is_named():
    ids = acts.append(3, now=LONG_AGO)
    acts.seal_all()
    list(prune.prune())
    (late,) = acts.append(1)
    acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", ids[1], late)
    assert acts.check() == []

    acts.forge(ids[1])

    assert acts.check() == [f"event {ids[1]}: {INSERTED}"]


def test_two_forged_events_of_one_moment_are_no_copies_of_each_other():
    ids = [*acts.append(1), *acts.append(1)]
    acts.forge(*ids)

    assert acts.check() == [f"event {key}: {INSERTED}" for key in ids]


def test_checkpoints_are_named_in_their_order_and_before_events():
    ids = acts.append(21)
    acts.tamper("UPDATE {table} SET id = 1 WHERE id = %s", ids[0])
    acts.seal_all()
    AuditCheckpoint.objects.exclude(number=1).update(root="7")
    acts.tamper("UPDATE {table} SET reason = 'x' WHERE id = 1")

    found = acts.check()

    names = [f"checkpoint {number}: checkpoint changed" for number in range(2, 8)]
    assert found == [*names, "event 1, checkpoint 1: changed"]


def test_an_event_that_became_a_copy_of_another_is_named_twice():
    ids = acts.append(3)
    acts.seal_all()
    columns = [field.column for field in AuditEvent._meta.concrete_fields if field.column != "id"]
    copied = ", ".join(f"{name} = (SELECT {name} FROM {{table}} WHERE id = {ids[0]})" for name in columns)
    acts.tamper(f"UPDATE {{table}} SET {copied} WHERE id = {ids[1]}")

    findings = audit_check.check_trail().findings

    assert [(finding.event, finding.damage) for finding in findings] == [
        (ids[1], Damage.COPIED),
        (ids[1], Damage.CHANGED),
    ]


def test_no_more_findings_are_kept_than_anybody_reads(monkeypatch):
    monkeypatch.setattr(audit_check, "MOST_FINDINGS", 2)
    acts.append(9)
    acts.seal_all()
    acts.tamper("UPDATE {table} SET reason = 'x'")

    assert len(audit_check.check_trail().findings) == 2


class TestPrunedMeanwhile:
    """A checkpoint may be pruned between the moment that it is read and the one its events are."""

    @pytest.fixture
    def pruning(self, monkeypatch):
        """Prune when the events of the first checkpoint are about to be read."""
        rows_of, done = audit_check._rows_of, []

        def rows_then(walk, checkpoint):
            if not done:
                done.append(True)
                list(prune.prune())
            return rows_of(walk, checkpoint)

        monkeypatch.setattr(audit_check, "_rows_of", rows_then)

    def test_what_went_with_it_was_not_removed(self, pruning):
        acts.append(3, now=LONG_AGO)
        acts.seal_all()

        assert acts.check() == []
        assert not AuditEvent.objects.filter(kind="flow.changed").exists()

    def test_what_another_one_lost_was_removed(self, pruning):
        acts.append(3, now=LONG_AGO)
        kept = acts.append(3)
        acts.seal_all()
        acts.delete(kept[1])

        assert acts.check() == [f"event {kept[1]}, checkpoint 2: removed"]

"""The walk over a log: what it counts, where it looks, and what happens to the log meanwhile."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.domain.trail import Damage, Finding
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.services import audit_check, prune, rotate, seal
from drf_accessflow_mfa.services.audit_check import Anchor
from tests import trail_acts as acts

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LONG_AGO = acts.NOON - 400 * DAY
OLD_KEY, NEW_KEY = "o" * 32, "n" * 32
INSERTED = "inserted, or changed before it was sealed"


@pytest.fixture(autouse=True)
def year(settings, clock):
    """Audit events are kept for a year."""
    settings.ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS = timedelta(days=365)


def counts():
    report = audit_check.check_trail()
    return [report.checkpoints, report.sealed, report.pruned, report.unsealed]


def hide(*ids):
    """Put events where nobody sees them, as if their transactions were still open."""
    for key in ids:
        acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", -key, key)


def show(*ids):
    for key in ids:
        acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", key, -key)


def forge(key):
    acts.tamper("UPDATE {table} SET reason = 'forged', mac = '' WHERE id = %s", key)


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
    hide(ids[1])
    acts.seal_all()
    show(ids[1])
    assert counts() == [1, 3, 0, 1]

    acts.seal_all()

    assert counts() == [2, 4, 0, 0]


def test_the_very_first_event_is_looked_at_where_nothing_is_sealed():
    (key,) = acts.append(1)
    acts.tamper("UPDATE {table} SET id = 1 WHERE id = %s", key)
    forge(1)
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
    first = AuditCheckpoint.objects.get(number=1)
    first.newest_at += timedelta(seconds=1)
    first.sign()
    first.save()

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

    forge(ids[1])

    assert acts.check() == [f"event {ids[1]}: {INSERTED}"]


def test_two_forged_events_of_one_moment_are_no_copies_of_each_other():
    ids = [*acts.append(1), *acts.append(1)]
    for key in ids:
        forge(key)

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


class TestTwoSealersAtOnce:
    """Both make the same number; the database lets one through, and the other looks again."""

    @pytest.fixture
    def overtaken(self, monkeypatch):
        """Let another sealer finish, and more events come, before the first checkpoint is written."""
        draft, done = seal._draft, []

        def draft_then(*arguments):
            drafted = draft(*arguments)
            if not done:
                done.append(True)
                seal.seal_all(batch=3)
                acts.append(2)
            return drafted

        monkeypatch.setattr(seal, "_draft", draft_then)

    def test_each_event_is_sealed_once(self, overtaken):
        acts.append(7)

        made = acts.seal_all()

        assert made == [4]
        assert acts.state() == [[1, 2, 3, 4], 9, 9]
        assert acts.check() == []


def test_forged_events_stop_no_sealing_and_are_told(caplog):
    ids = acts.append(5)
    for key in ids[:3]:
        forge(key)

    with caplog.at_level(logging.ERROR, logger="drf_accessflow_mfa.audit"):
        sealed = seal.seal_all(batch=3)

    assert list(sealed.refused) == ids[:3]
    assert [checkpoint.event_count for checkpoint in sealed.checkpoints if checkpoint.event_count] == [2]
    [told] = [record.getMessage() for record in caplog.records]
    assert told == f"audit events without a genuine signature are not sealed: {ids[:3]}"


def test_late_and_new_events_are_each_in_one_checkpoint():
    late = acts.append(3)[:1]
    hide(*late)
    acts.seal_all()
    show(*late)
    acts.append(7)

    acts.seal_all(batch=2)

    _, held, there = acts.state()
    assert held == there == 10
    assert acts.check() == []


def test_late_events_are_looked_for_below_the_checkpoints_of_one_day():
    ids = acts.append(3)
    hide(ids[1])
    sealed_at = timezone.now()
    seal.seal_all(now=sealed_at)
    show(ids[1])

    assert seal.seal_all(now=sealed_at + DAY + timedelta(seconds=1)).checkpoints == []
    [checkpoint] = seal.seal_all(now=sealed_at + DAY).checkpoints
    assert checkpoint.late_ids == [ids[1]]


def test_a_run_that_finds_nothing_reads_no_members(django_assert_num_queries):
    """Neither late events in the window, nor those before it, nor what was pruned makes it read more."""
    acts.append(3, now=LONG_AGO)
    ids = acts.append(4)
    hide(ids[0], ids[3])
    now = timezone.now()
    seal.seal_all(batch=3, now=now - timedelta(hours=30))
    show(ids[0])
    seal.seal_all(now=now - timedelta(hours=12))
    show(ids[3])
    seal.seal_all()
    list(prune.prune())
    seal.seal_all()

    with django_assert_num_queries(4):
        assert seal.seal_all().checkpoints == []
    with django_assert_num_queries(4):
        assert seal.seal_all(search_everywhere=True).checkpoints == []


class TestWhatMayBePruned:
    def test_empty_checkpoints_stay(self, settings):
        settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [OLD_KEY]
        acts.append(1, now=LONG_AGO)
        acts.seal_all()
        settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
        seal.seal_all(now=LONG_AGO)
        assert AuditCheckpoint.objects.filter(event_count=0).count() == 1

        assert [batch.what for batch in prune.prune()] == ["audit events"]

        assert AuditCheckpoint.objects.get(event_count=0).pruned_at is None

    def test_members_that_do_not_fit_the_root_are_damage(self):
        acts.append(3, now=LONG_AGO)
        acts.seal_all()
        AuditCheckpoint.objects.update(members=b"")

        with pytest.raises(prune.CheckpointDamaged):
            list(prune.prune())

    def test_the_next_checkpoint_vouches_for_one_whose_key_is_gone(self, settings):
        settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [OLD_KEY]
        acts.append(3, now=LONG_AGO)
        acts.seal_all()
        settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
        acts.append(1)
        acts.seal_all()
        settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY]

        assert [batch.count for batch in prune.prune()] == [3]

    def test_nobody_vouches_for_one_that_the_next_does_not_hold(self):
        acts.append(3, now=LONG_AGO)
        acts.append(3)
        acts.seal_all()
        first = AuditCheckpoint.objects.get(number=1)
        first.newest_at += timedelta(seconds=1)
        first.sign()
        first.save()

        with pytest.raises(prune.CheckpointDamaged):
            list(prune.prune())

    def test_the_moment_may_be_given(self):
        acts.append(3)
        acts.seal_all()

        assert list(prune.prune()) == []
        assert [batch.count for batch in prune.prune(now=acts.NOON + 366 * DAY)] == [3]
        assert set(AuditEvent.objects.values_list("occurred_at", flat=True)) == {acts.NOON + 366 * DAY}


def test_tombstones_of_old_keys_are_signed_anew_and_counted(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [OLD_KEY]
    acts.append(6, now=LONG_AGO)
    acts.append(1)
    acts.seal_all()
    list(prune.prune())
    assert rotate.rotate_tombstones() == 0
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
    AuditCheckpoint.objects.filter(number=1).update(tombstone="0" * 64)

    assert rotate.rotate_tombstones() == 1

    assert rotate.rotate_tombstones() == 0
    known = AuditCheckpoint.objects.order_by("number").values_list("tombstone_key_id", flat=True)
    assert len(set(known)) == 3
    assert known[2] == ""
    assert AuditCheckpoint.objects.get(number=2).is_tombstone_genuine()


def test_a_finding_says_what_and_where():
    assert str(Finding(damage=Damage.COPIED, event=7)).startswith("event 7: ")

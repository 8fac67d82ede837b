"""Checkpoints: changed, missing, kept elsewhere, late events, and keys that come and go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.domain.trail import EVENT_FIELDS
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.services import audit_check, seal
from drf_accessflow_mfa.services.audit_check import Anchor
from tests import trail_acts as acts

pytestmark = pytest.mark.django_db

OLD_KEY, NEW_KEY = "o" * 32, "n" * 32


@pytest.fixture
def sealed():
    """Ten events in checkpoints of three."""
    ids = acts.append(10)
    acts.seal_all()
    return ids


@pytest.mark.parametrize(
    "column",
    ["sealed_at", "after_id", "last_id", "event_count", "newest_at", "root", "previous", "signature"],
)
def test_a_changed_checkpoint_is_named(sealed, column):
    value = "2020-01-01 00:00:00" if column.endswith("_at") else "7"
    acts.tamper(f"UPDATE {AuditCheckpoint._meta.db_table} SET {column} = %s WHERE number = 2", value)

    assert "checkpoint 2: checkpoint changed" in acts.check()


def test_events_and_their_checkpoint_rewritten_together_are_found_out(sealed):
    acts.tamper("UPDATE {table} SET reason = 'x' WHERE id = %s", sealed[0])
    first = AuditCheckpoint.objects.get(number=1)
    rows = AuditEvent.objects.filter(pk__in=sealed[:3]).values("id", "mac", *EVENT_FIELDS)
    seal._hold(first, {row["id"]: seal.leaf_of(row["id"], row["mac"], seal.event_bytes(row)) for row in rows})
    first.save()

    assert acts.check() == ["checkpoint 1: checkpoint changed"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_checkpoint_is_named(sealed, number):
    AuditCheckpoint.objects.filter(number=number).delete()

    assert f"checkpoint {number}: checkpoint missing" in acts.check()


def test_a_log_that_was_cut_off_needs_a_checkpoint_kept_elsewhere(sealed):
    last = AuditCheckpoint.objects.latest("number")
    anchor = Anchor(number=last.number, digest=last.digest)
    assert acts.check(anchor) == []
    last.delete()
    acts.delete(sealed[-1])

    assert acts.check() == []
    assert acts.check(anchor) == ["checkpoint 4: checkpoint missing"]


def test_a_log_that_was_written_anew_differs_from_the_checkpoint_kept_elsewhere(sealed):
    second = AuditCheckpoint.objects.get(number=2)

    assert acts.check(Anchor(number=2, digest="0" * 64)) == ["checkpoint 2: checkpoint changed"]
    assert acts.check(Anchor(number=2, digest=second.digest)) == []


def test_gaps_left_by_rollbacks_are_no_evidence():
    ids = acts.append(3)
    acts.delete(ids[1])
    acts.seal_all()

    assert acts.check() == []


def late_event():
    """Seal three events, of which the middle one is committed only afterwards; return its id."""
    ids = acts.append(3)
    acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", -ids[1], ids[1])
    acts.seal_all()
    acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", ids[1], -ids[1])
    return ids[1]


def test_an_event_below_the_last_checkpoint_is_sealed_by_the_next_run():
    late = late_event()
    assert audit_check.check_trail().unsealed == 1

    acts.seal_all()

    assert AuditCheckpoint.objects.latest("number").late_ids == [late]
    assert acts.check() == []
    acts.delete(late)
    assert acts.check() == [f"event {late}, checkpoint 2: removed"]


def test_an_event_a_day_late_is_sealed_where_one_searches_everywhere():
    late_event()
    next_week = timezone.now() + timedelta(days=7)

    assert seal.seal_all(now=next_week).checkpoints == []
    assert seal.seal_all(now=next_week, search_everywhere=True).checkpoints[0].event_count == 1


def test_a_forged_event_does_not_keep_late_ones_from_being_sealed():
    late = late_event()
    acts.tamper("UPDATE {table} SET mac = '' WHERE id = %s", late)
    other = late_event()

    sealed = seal.seal_all(batch=1)

    assert sealed.refused == [late]
    assert AuditCheckpoint.objects.latest("number").late_ids == [other]


def test_nothing_new_makes_no_checkpoint(sealed):
    assert acts.seal_all() == []


def test_a_new_key_vouches_for_what_the_old_one_sealed(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [OLD_KEY]
    ids = acts.append(4)
    acts.seal_all()
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
    assert len(acts.seal_all()) == 1
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY]

    assert acts.check() == []
    acts.tamper("UPDATE {table} SET reason = 'x' WHERE id = %s", ids[0])
    assert acts.check() == [f"event {ids[0]}, checkpoint 1: changed"]


def test_a_key_that_went_before_sealing_is_named(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [OLD_KEY]
    acts.append(3)
    acts.seal_all()
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW_KEY]

    assert acts.check() == ["checkpoint 1: signed with a key that is not configured"]


def test_an_unknown_key_id_does_not_get_a_forged_event_sealed(sealed):
    acts.tamper("UPDATE {table} SET mac = 'deadbeef' || substr(mac, 9) WHERE id = %s", acts.append(1)[0])

    assert seal.seal_all().refused == [sealed[-1] + 1]
    assert acts.check() == [f"event {sealed[-1] + 1}: signed with a key that is not configured"]


def test_more_late_events_than_a_checkpoint_holds_are_each_sealed_once():
    late = acts.append(6)[:-1]
    for key in late:
        acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", -key, key)
    acts.seal_all()
    for key in late:
        acts.tamper("UPDATE {table} SET id = %s WHERE id = %s", key, -key)

    made = seal.seal_all(batch=2).checkpoints

    assert [checkpoint.late_ids for checkpoint in made] == [late[:2], late[2:4], late[4:]]
    assert acts.check() == []
    assert seal.seal_all(batch=2).checkpoints == []


def test_a_run_over_many_events_does_not_hold_what_it_has_sealed():
    acts.append(4)

    sealed = seal.seal_all(batch=2).checkpoints

    assert [checkpoint.get_deferred_fields() for checkpoint in sealed] == [{"members"}] * 2
    assert acts.check() == []

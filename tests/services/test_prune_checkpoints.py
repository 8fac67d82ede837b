"""Which checkpoints may be pruned, who vouches for them, and tombstones under a new key."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent
from drf_accessflow_mfa.services import prune, rotate, seal
from tests import trail_acts as acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]

DAY = timedelta(days=1)
LONG_AGO = acts.NOON - 400 * DAY
OLD_KEY, NEW_KEY = "o" * 32, "n" * 32


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
        acts.sign_anew(1)

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

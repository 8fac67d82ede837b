"""What a run of the sealer takes in, beside other sealers and forged, late and pruned events."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.services import prune, seal
from tests import trail_acts as acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]

DAY = timedelta(days=1)
LONG_AGO = acts.NOON - 400 * DAY


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
    acts.forge(*ids[:3])

    with caplog.at_level(logging.ERROR, logger="drf_accessflow_mfa.audit"):
        sealed = seal.seal_all(batch=3)

    assert list(sealed.refused) == ids[:3]
    assert [checkpoint.event_count for checkpoint in sealed.checkpoints if checkpoint.event_count] == [2]
    [told] = [record.getMessage() for record in caplog.records]
    assert told == f"audit events without a genuine signature are not sealed: {ids[:3]}"


def test_late_and_new_events_are_each_in_one_checkpoint():
    late = acts.append(3)[:1]
    acts.hide(*late)
    acts.seal_all()
    acts.show(*late)
    acts.append(7)

    acts.seal_all(batch=2)

    _, held, there = acts.state()
    assert held == there == 10
    assert acts.check() == []


def test_late_events_are_looked_for_below_the_checkpoints_of_one_day():
    ids = acts.append(3)
    acts.hide(ids[1])
    sealed_at = timezone.now()
    seal.seal_all(now=sealed_at)
    acts.show(ids[1])

    assert seal.seal_all(now=sealed_at + DAY + timedelta(seconds=1)).checkpoints == []
    [checkpoint] = seal.seal_all(now=sealed_at + DAY).checkpoints
    assert checkpoint.late_ids == [ids[1]]


def test_a_run_that_finds_nothing_reads_no_members(django_assert_num_queries):
    """Neither late events in the window, nor those before it, nor what was pruned makes it read more."""
    acts.append(3, now=LONG_AGO)
    ids = acts.append(4)
    acts.hide(ids[0], ids[3])
    now = timezone.now()
    seal.seal_all(batch=3, now=now - timedelta(hours=30))
    acts.show(ids[0])
    seal.seal_all(now=now - timedelta(hours=12))
    acts.show(ids[3])
    seal.seal_all()
    list(prune.prune())
    seal.seal_all()

    with django_assert_num_queries(4):
        assert seal.seal_all().checkpoints == []
    with django_assert_num_queries(4):
        assert seal.seal_all(search_everywhere=True).checkpoints == []

"""What a check of the audit log counts."""

import pytest

from drf_accessflow_mfa.services import audit_check
from tests import trail_acts as acts

pytestmark = pytest.mark.django_db


def counted():
    report = audit_check.check_trail()
    assert report.findings == []
    return report.checkpoints, report.sealed, report.unsealed, report.pruned


def test_an_empty_log():
    assert counted() == (0, 0, 0, 0)


def test_events_that_are_sealed_and_those_that_are_not_yet():
    acts.append(10)
    acts.seal_all()
    acts.append(4)

    assert counted() == (4, 10, 4, 0)


def test_events_that_nobody_has_sealed():
    acts.append(3)

    assert counted() == (0, 0, 3, 0)

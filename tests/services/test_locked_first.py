"""Each change of a user's factors first takes the row that all of them queue for (rule 2)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from drf_accessflow_mfa.models import PendingReset, Verification
from drf_accessflow_mfa.services import enroll, flows, manage, recovery, reset, revoke, verify
from tests.people import NOON, ORIGIN, enrolled, person

pytestmark = pytest.mark.django_db
COMMAND = flows.Editor(caller=None, origin=ORIGIN)
LOCKING = 'UPDATE "drf_accessflow_mfa_attemptbudget"'


def begin_enrollment(rita):
    enroll.begin_enrollment(rita.caller(), name="second", origin=ORIGIN, now=NOON)


def rename(rita):
    manage.rename_device(rita.caller(), rita.device, name="old phone", origin=ORIGIN, now=NOON)


def remove(rita):
    manage.remove_device(rita.caller(), rita.device, origin=ORIGIN, now=NOON)


def replace_recovery_codes(rita):
    recovery.replace_recovery_codes(rita.caller(), origin=ORIGIN, now=NOON)


def forget(rita):
    [verification] = Verification.objects.filter(user=rita.user)
    revoke.forget_verification(rita.caller(), verification.pk, origin=ORIGIN, now=NOON)


def forget_all(rita):
    revoke.forget_verifications(rita.caller(), origin=ORIGIN, now=NOON)


def reset_factors(rita):
    reset.reset_factors(rita.user, reason="lost", editor=COMMAND, now=NOON)


def unlock(rita):
    reset.unlock_factors(rita.user, reason="tired", editor=COMMAND, now=NOON)


def confirm_reset(rita):
    reset.confirm_reset(PendingReset.objects.get().pk, editor=COMMAND, now=NOON)


def cancel_reset(rita):
    reset.cancel_reset(PendingReset.objects.get().pk, editor=COMMAND, now=NOON)


@pytest.fixture
def rita():
    """Somebody who has just verified, and whose reset awaits a second administrator."""
    rita = enrolled()
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)
    PendingReset.objects.create(
        subject=rita.user,
        requested_by=person("ada").user,
        reason="lost",
        requested_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
    return rita


@pytest.mark.parametrize(
    "act",
    [
        begin_enrollment,
        rename,
        remove,
        replace_recovery_codes,
        forget,
        forget_all,
        reset_factors,
        unlock,
        confirm_reset,
        cancel_reset,
    ],
)
def test_the_first_statement_of_its_transaction_locks_the_users_row(rita, act):
    with CaptureQueriesContext(connection) as captured:
        act(rita)

    statements = [query["sql"] for query in captured]
    begun = next(number for number, sql in enumerate(statements) if sql.startswith("SAVEPOINT"))
    assert statements[begun + 1].startswith(LOCKING)
    assert statements[begun + 1].endswith(f'"user_id" = {rita.user.pk}')

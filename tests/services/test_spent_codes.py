"""Codes that their devices forget once they are used: the budget remembers them for a while (rule 2)."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from drf_accessflow_mfa.models import AttemptBudget
from drf_accessflow_mfa.services import budget_statements
from drf_accessflow_mfa.services.attempts import SPENT_FOR, Factor, begin_guess, lock_factors
from tests.people import NOON, enrolled

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def rita():
    return enrolled()


def begun(person, at):
    with transaction.atomic():
        return begin_guess(person.user, Factor.CODES, now=at, using="default")


def spend(person, code, at):
    with transaction.atomic():
        begin_guess(person.user, Factor.CODES, now=at, using="default").succeed(code)


@pytest.mark.parametrize(
    ("later", "is_spent"),
    [(SECOND, True), (SPENT_FOR - SECOND, True), (SPENT_FOR, False), (2 * SPENT_FOR, False)],
)
def test_a_code_is_spent_for_ten_minutes(rita, later, is_spent):
    spend(rita, "123456", NOON)

    assert begun(rita, NOON + later).was_spent("123456") is is_spent


def test_no_other_code_is_spent_with_it(rita):
    spend(rita, "123456", NOON)

    assert not begun(rita, NOON + SECOND).was_spent("123457")


def test_it_is_not_spent_for_somebody_else(rita):
    spend(rita, "123456", NOON)

    assert not begun(enrolled("omar"), NOON + SECOND).was_spent("123456")


def test_several_are_remembered_and_forgotten_one_by_one(rita):
    spend(rita, "111111", NOON)
    spend(rita, "222222", NOON + SPENT_FOR / 2)
    both = begun(rita, NOON + SPENT_FOR / 2 + SECOND)
    assert both.was_spent("111111")
    assert both.was_spent("222222")

    spend(rita, "333333", NOON + SPENT_FOR)

    assert len(AttemptBudget.objects.get(user=rita.user).spent) == 2
    assert begun(rita, NOON + SPENT_FOR).was_spent("222222")


def test_a_code_that_its_device_remembers_is_not_kept_twice(rita):
    with transaction.atomic():
        begin_guess(rita.user, Factor.CODES, now=NOON, using="default").succeed()

    assert AttemptBudget.objects.get(user=rita.user).spent == []


def test_a_recovery_code_ends_the_row_of_wrong_codes(rita):
    with transaction.atomic():
        begin_guess(rita.user, Factor.CODES, now=NOON, using="default").keep()
    assert rita.budget() == (1, 1)

    with transaction.atomic():
        begin_guess(rita.user, Factor.RECOVERY, now=NOON, using="default").succeed()

    assert rita.budget() == (0, 1)


def test_a_users_factors_are_locked_on_a_row_of_their_own(rita):
    omar = enrolled("omar")
    AttemptBudget.objects.all().delete()

    for someone in (rita, omar, omar):
        with transaction.atomic():
            lock_factors(someone.user, using="default")

    assert set(AttemptBudget.objects.values_list("user", flat=True)) == {rita.user.pk, omar.user.pk}


def test_a_guess_is_begun_with_one_statement(rita, django_assert_num_queries):
    begun(rita, NOON)

    with transaction.atomic(), django_assert_num_queries(1):
        begin_guess(rita.user, Factor.CODES, now=NOON, using="default")


def test_a_code_that_is_right_at_once_is_counted_nowhere(rita, django_assert_num_queries):
    begun(rita, NOON)

    with transaction.atomic():
        guess = begin_guess(rita.user, Factor.CODES, now=NOON, using="default")
        with django_assert_num_queries(0):
            guess.succeed()


def test_where_an_update_answers_no_columns_a_guess_is_begun_with_two(
    rita, django_assert_num_queries, monkeypatch
):
    """SQLite before 3.35."""
    monkeypatch.setattr(connection.features, "can_return_columns_from_insert", False)
    budget_statements._locking.cache_clear()
    with transaction.atomic():
        begin_guess(rita.user, Factor.CODES, now=NOON, using="default").keep()

    with transaction.atomic(), django_assert_num_queries(2):
        again = begin_guess(rita.user, Factor.CODES, now=NOON, using="default")

    budget_statements._locking.cache_clear()
    assert (again.before.in_a_row, again.before.recent) == (1, (NOON,))

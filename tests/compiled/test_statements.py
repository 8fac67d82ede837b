"""Kept statements run through Django's cursor: whoever watches or changes statements there sees them."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from drf_accessflow_mfa.compiled.queries import compile_query
from drf_accessflow_mfa.compiled.statements import Parameter
from drf_accessflow_mfa.models import AccessFlow

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(db):
    AccessFlow.objects.create(slug="refunds", name="Refunds")
    slug = Parameter("slug", AccessFlow._meta.get_field("slug"))
    return compile_query(AccessFlow.objects.filter(slug=slug).values_list("name"), using="default")


def test_a_wrapper_sees_the_statement_and_its_values(statement):
    seen = []

    def watch(execute, sql, values, many, context):
        seen.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(watch):
        found = statement.run({"slug": "refunds"}, connection=connection)

    assert found == [["Refunds"]]
    assert seen == [(statement.sql, {"slug": "refunds"})]


def test_a_wrapper_may_change_the_statement(statement):
    def comment(execute, sql, values, many, context):
        return execute(f"{sql} /* from a test */", values, many, context)

    with connection.execute_wrapper(comment), CaptureQueriesContext(connection) as captured:
        found = statement.run({"slug": "refunds"}, connection=connection)
    with connection.execute_wrapper(comment):
        unlogged = statement.run({"slug": "refunds"}, connection=connection)

    assert found == unlogged == [["Refunds"]]
    assert len(captured) == 1


def test_an_error_of_the_driver_is_one_of_django(statement):
    with pytest.raises(DatabaseError), transaction.atomic():
        statement.run({"slug": object()}, connection=connection)


def test_nothing_runs_in_a_transaction_that_only_its_rollback_can_end(statement):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            statement.run({"slug": "refunds"}, connection=connection)

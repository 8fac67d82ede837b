"""Whichever statement of a guarded request fails, it does not pass (rule 1)."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, OperationalError, connection

from tests.people import by_token, enrolled, flow, verified

pytestmark = pytest.mark.django_db(transaction=True)


class FailsWhere:
    """Fails each statement that asks for a table, and counts them."""

    def __init__(self, table):
        self.table, self.failed = f'"drf_accessflow_mfa_{table}"', 0

    def __call__(self, execute, sql, params, many, context):
        if self.table in sql:
            self.failed += 1
            raise OperationalError("the database went away")
        return execute(sql, params, many, context)


@pytest.mark.parametrize("table", ["guardedroute", "accessflow", "verification"])
def test_a_guard_that_the_database_does_not_answer_lets_nobody_pass(clock, serve, table):
    rita = enrolled()
    flow("refunds")
    url, client = serve(access_flow="refunds"), by_token(rita)
    verified(client, rita)
    fault, answer = FailsWhere(table), None

    with connection.execute_wrapper(fault), suppress(DatabaseError):
        answer = client.get(url)

    assert fault.failed
    assert answer is None

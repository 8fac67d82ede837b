"""Whoever calls a device while holding the lock that we need is refused: nobody waits for ever."""

import threading

from django.db import transaction
from django.db.backends.signals import connection_created

from tests.people import enrolled
from tests.support.projects import project_on

LIMITS = {
    "sqlite": "PRAGMA busy_timeout = 1000",
    "postgresql": "SET LOCAL lock_timeout = '1s'",
    "mariadb": "SET SESSION innodb_lock_wait_timeout = 1",
}


def test_nobody_waits_for_ever_on_any_database(database, tmp_path):
    with project_on(database, directory=tmp_path) as project:
        said = project.call(f"{__name__}.call_while_holding_the_lock")

    assert said == {"held": False, "limits": [LIMITS[database]], "left open": 0, "free": True}


def call_while_holding_the_lock():
    """Send a right code while our own transaction holds the row that is charged, and once it is over."""
    from drf_accessflow_mfa.models import AttemptBudget

    rita, own, limits = enrolled(), [], set()
    rita.app.verify_token(rita.wrong_code())

    def note(execute, sql, params, many, context):
        limits.update(limit for limit in LIMITS.values() if sql == limit)
        return execute(sql, params, many, context)

    def watch(sender, connection, **kwargs):
        if threading.current_thread() is not threading.main_thread():
            own.append(connection)
            connection.execute_wrappers.append(note)

    connection_created.connect(watch)
    with transaction.atomic():
        AttemptBudget.objects.filter(user=rita.user).update(codes_in_a_row=0)
        held = rita.app.verify_token(rita.code())
    assert own, "the code was judged over the connection that holds the lock"
    return {
        "held": held,
        "limits": sorted(limits),
        "left open": sum(connection.connection is not None for connection in own),
        "free": rita.app.verify_token(rita.code()),
    }

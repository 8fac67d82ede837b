"""Triggers that refuse, in the database itself, to change or delete audit events.

A speed bump for whoever gets hold of the application's connection; the
evidence is the checkpoints. ``TRUNCATE`` is refused on PostgreSQL; MariaDB and
MySQL know no such trigger. Pruning is the one sanctioned way to delete.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

TABLE = "drf_accessflow_mfa_auditevent"
NAMES = ("accessflow_mfa_audit_no_update", "accessflow_mfa_audit_no_delete")
_NO_UPDATE, _NO_DELETE = NAMES
_NO_TRUNCATE = "accessflow_mfa_audit_no_truncate"
_FUNCTION = "accessflow_mfa_refuse_audit_change"
_PRUNING = "accessflow_mfa.pruning"
_MESSAGE = "Audit events are appended; they are never changed or deleted."


def install(connection: Any) -> None:
    """Create the triggers, in place of any that are there."""
    _run(connection, [*_DROP[connection.vendor], *_CREATE[connection.vendor]])


def uninstall(connection: Any) -> None:
    """Drop the triggers where they are."""
    _run(connection, _DROP[connection.vendor])


def is_supported(connection: Any) -> bool:
    """Tell whether triggers are known for this kind of database."""
    return connection.vendor in _CREATE


def are_installed(connection: Any) -> bool:
    """Tell whether the database refuses changes and deletions now."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND[connection.vendor], [TABLE])
        found = {name for (name,) in cursor.fetchall()}
    return set(NAMES) <= found


@contextmanager
def pruning(connection: Any) -> Iterator[None]:
    """Let the running transaction, and no other, delete events."""
    if not is_supported(connection):
        yield
        return
    begin, end = _PRUNE[connection.vendor]
    # SQLite has no session variables, but its DDL is transactional and nobody
    # else can write meanwhile.
    is_dropped = connection.vendor == "sqlite" and are_installed(connection)
    _run(connection, begin)
    try:
        yield
    finally:
        if connection.vendor != "sqlite":
            _run(connection, end)
    if is_dropped:
        _run(connection, end)


def _run(connection: Any, statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_SQLITE_DELETE = (
    f"CREATE TRIGGER {_NO_DELETE} BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
)
_SIGNAL = f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_MESSAGE}'"
_CREATE = {
    "sqlite": [
        f"CREATE TRIGGER {_NO_UPDATE} BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
        _SQLITE_DELETE,
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND current_setting('{_PRUNING}', true) = 'on' THEN RETURN OLD; END IF;
            RAISE EXCEPTION '{_MESSAGE}';
        END $$""",
        f"CREATE TRIGGER {_NO_UPDATE} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()",
        f"CREATE TRIGGER {_NO_DELETE} BEFORE DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()",
        f"CREATE TRIGGER {_NO_TRUNCATE} BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
    ],
    "mysql": [
        f"CREATE TRIGGER {_NO_UPDATE} BEFORE UPDATE ON {TABLE} FOR EACH ROW {_SIGNAL}",
        f"CREATE TRIGGER {_NO_DELETE} BEFORE DELETE ON {TABLE} FOR EACH ROW "
        f"IF @accessflow_mfa_pruning IS NULL THEN {_SIGNAL}; END IF",
    ],
}
_DROP = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for name in NAMES],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in (*NAMES, _NO_TRUNCATE)),
        f"DROP FUNCTION IF EXISTS {_FUNCTION}()",
    ],
    "mysql": [f"DROP TRIGGER IF EXISTS {name}" for name in NAMES],
}
_FIND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": (
        "SELECT tgname FROM pg_trigger "
        "WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal AND tgenabled = 'O'"
    ),
    "mysql": (
        "SELECT trigger_name FROM information_schema.triggers "
        "WHERE event_object_schema = DATABASE() AND event_object_table = %s"
    ),
}
_PRUNE = {
    "sqlite": ([f"DROP TRIGGER IF EXISTS {_NO_DELETE}"], [_SQLITE_DELETE]),
    "postgresql": (
        [f"SELECT set_config('{_PRUNING}', 'on', true)"],
        [f"SELECT set_config('{_PRUNING}', '', true)"],
    ),
    "mysql": (["SET @accessflow_mfa_pruning = 1"], ["SET @accessflow_mfa_pruning = NULL"]),
}

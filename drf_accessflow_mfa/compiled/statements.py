"""SQL that is kept, and run at every request with other values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import Expression
from django.utils.dateparse import parse_datetime

_WITHOUT_OFFSET = -len("+00:00")
DJANGOS_SQLITE = "django.db.backends.sqlite3.base"


class Parameter(Expression):
    """A place in a compiled statement for a value that each request brings."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return a placeholder, and this object where its value will stand."""
        return "%s", [self]


class SQLiteText(str):
    """SQL with places as ``%(name)s`` that knows its own form for SQLite, with ``?``.

    Django's back end makes such a form anew at every execution: a fifth of the
    statement's cost. SQLite's driver looks up each place that has a name.
    """

    native: str
    in_order: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """Takes the values for the places out of those with names."""


class CompiledStatement(NamedTuple):
    """SQL text and what is needed to run it again with other values."""

    sql: str
    literals: Mapping[str, Any]
    """The values that the query itself holds and that cannot stand in its text."""
    flags: Sequence[int] = ()
    """The columns that the database has as numbers and that are booleans."""
    converters: Sequence[tuple[int, Any, Any]] = ()

    def run(self, values: Mapping[str, Any], *, connection: Any) -> list[list[Any]]:
        """Execute the statement through Django's cursor and return its rows.

        The values are as the database driver takes them.
        """
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            # Through Django's cursor it is a new function at each call.
            with connection.wrap_database_errors:
                found = cursor.cursor.fetchall()
        return [self._converted(row, connection) for row in found]

    def write(self, values: Mapping[str, Any], *, connection: Any) -> int:
        """Execute an INSERT or UPDATE and return how many rows it wrote."""
        try:
            with connection.cursor() as cursor:
                self._execute(cursor, values)
                return int(cursor.cursor.rowcount)
        except Exception as error:
            _undo(connection, error)
            raise

    def write_and_read(self, values: Mapping[str, Any], *, connection: Any) -> list[list[Any]]:
        """Execute an INSERT or UPDATE that answers the rows it wrote, and return them."""
        try:
            return self.run(values, connection=connection)
        except Exception as error:
            _undo(connection, error)
            raise

    def _execute(self, cursor: Any, values: Mapping[str, Any]) -> None:
        filled = {**self.literals, **values} if self.literals else values
        if type(cursor) is CursorWrapper and type(self.sql) is SQLiteText:
            # As its execute() does, with another last step.
            cursor._execute_with_wrappers(self.sql, filled, many=False, executor=_execute_native)
        else:
            cursor.execute(self.sql, filled)

    def _converted(self, found: Sequence[Any], connection: Any) -> list[Any]:
        row = list(found)
        for index in self.flags:
            row[index] = bool(row[index])
        for index, convert, expression in self.converters:
            if (value := row[index]) is not None:
                for function in convert:
                    value = function(value, expression, connection)
                row[index] = value
        return row


def _execute_native(sql: str, values: Mapping[str, Any], many: bool, context: Mapping[str, Any]) -> Any:
    """Execute SQL as Django's cursor does, without making SQLite's form of it again."""
    connection, cursor = context["connection"], context["cursor"].cursor
    if type(sql) is not SQLiteText or type(cursor).__module__ != DJANGOS_SQLITE:
        return context["cursor"]._execute(sql, values)
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return connection.Database.Cursor.execute(cursor, sql.native, sql.in_order(values))


def _undo(connection: Any, error: Exception) -> None:
    """Leave the running transaction nothing but its rollback, as the ORM's own writes do."""
    if connection.in_atomic_block:
        connection.needs_rollback = True
        connection.rollback_exc = error


def value_of_moment(moment: datetime, connection: Any) -> Any:
    """Return an aware time as the database driver takes it.

    What Django's back end does for SQLite takes 14 calls, and the guard asks at every request.
    """
    if keeps_utc(connection) and moment.tzinfo is UTC:
        return moment.isoformat(" ")[:_WITHOUT_OFFSET]
    return connection.ops.adapt_datetimefield_value(moment)


def aware(value: Any, expression: Any, connection: Any) -> Any:
    """Return a time from SQLite as an aware one: what Django's converter does, in one call."""
    moment = value if isinstance(value, datetime) else parse_datetime(value)
    # As moment.replace(tzinfo=UTC), which takes four times as long.
    return None if moment is None else datetime.combine(moment, moment.time(), UTC)


def keeps_utc(connection: Any) -> bool:
    """Tell whether a database has its times as texts in UTC."""
    return connection.vendor == "sqlite" and connection.timezone is UTC


def value_for(field: "models.Field[Any, Any]", value: Any, connection: Any) -> Any:
    """Return what a row holds in a field as the database driver takes it.

    Texts and whole numbers are what every driver takes; asking their fields costs eight calls each.
    """
    kind = type(value)
    if kind is str and isinstance(field, models.CharField | models.TextField):
        return value
    if kind is datetime and isinstance(field, models.DateTimeField):
        return value_of_moment(value, connection)
    return None if value is None else field.get_db_prep_save(value, connection)

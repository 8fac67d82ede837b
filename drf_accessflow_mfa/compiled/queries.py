"""Compile what the ORM has built: SELECT, UPDATE and INSERT."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.db import connections, models
from django.db.models import sql as orm

from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, SQLiteText, aware, keeps_utc

PLAIN_LITERAL = re.compile(r"[-A-Za-z0-9_:/.]*", re.ASCII)
"""What every database reads the same between single quotes."""


def compile_query(queryset: Any, *, using: str) -> CompiledStatement:
    """Return a query as the database of an alias understands it.

    The query selects columns by ``values_list()``.
    """
    compiler = queryset.query.get_compiler(using)
    text, parameters = compiler.as_sql()
    return _statement(text, parameters, compiler, [column for column, _, _ in compiler.select])


def compile_update(queryset: Any, changes: Mapping[str, Any], *, using: str) -> CompiledStatement:
    """Return ``queryset.update(**changes)`` as the database of an alias understands it."""
    compiler = _update_compiler(queryset, changes, using)
    text, parameters = compiler.as_sql()
    return _statement(text, parameters, compiler, [])


def compile_update_returning(
    queryset: Any, changes: Mapping[str, Any], columns: Sequence[str], *, using: str
) -> CompiledStatement | None:
    """Return the same, answering columns of the rows as they are then.

    ``None`` where the database cannot: MariaDB and MySQL.
    """
    connection = connections[using]
    if connection.vendor == "mysql" or not connection.features.can_return_columns_from_insert:
        return None
    compiler = _update_compiler(queryset, changes, using)
    text, parameters = compiler.as_sql()
    meta = queryset.model._meta
    selected = [meta.get_field(name).get_col(meta.db_table) for name in columns]
    names = ", ".join(connection.ops.quote_name(column.target.column) for column in selected)
    return _statement(f"{text} RETURNING {names}", parameters, compiler, selected)


def compile_insert(
    model: type[models.Model], fields: "Sequence[models.Field[Any, Any]]", *, using: str, returning: bool
) -> CompiledStatement:
    """Return the INSERT of one row, with a place for each of the fields, named like its attribute.

    ``returning``: it answers the primary key.
    """
    query = orm.InsertQuery(model)
    query.insert_values(
        fields, [model(**{field.attname: Parameter(field.attname, field) for field in fields})]
    )
    compiler = query.get_compiler(using)
    key = model._meta.pk
    compiler.returning_fields = [key] if returning and key is not None else None
    [(text, parameters)] = compiler.as_sql()
    return _statement(text, parameters, compiler, [])


def compile_text(text: str, *, using: str) -> CompiledStatement:
    """Return SQL that the ORM does not write, with its places as ``%(name)s`` and nothing to convert."""
    return CompiledStatement(sql=_text_for(connections[using].vendor, text), literals={})


def _update_compiler(queryset: Any, changes: Mapping[str, Any], using: str) -> Any:
    query = queryset.query.chain(orm.UpdateQuery)
    query.add_update_values(changes)
    return query.get_compiler(using)


def _statement(
    text: str, parameters: Iterable[Any], compiler: Any, columns: Sequence[Any]
) -> CompiledStatement:
    connection = compiler.connection
    named, literals = _with_named_places(text, list(parameters))
    converters = compiler.get_converters(columns)
    flags = [index for index, (_, column) in converters.items() if _is_flag(column)]
    return CompiledStatement(
        sql=_text_for(connection.vendor, named),
        literals=literals,
        flags=flags,
        converters=[
            (index, _converters_of(convert, column, connection), column)
            for index, (convert, column) in converters.items()
            if index not in flags
        ],
    )


def _converters_of(convert: Any, column: Any, connection: Any) -> Any:
    is_moment = isinstance(column.output_field, models.DateTimeField)
    return [aware] if is_moment and len(convert) == 1 and keeps_utc(connection) else convert


def _is_flag(column: Any) -> bool:
    return isinstance(column.output_field, models.BooleanField)


def _with_named_places(text: str, parameters: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Return the text with named places, and the values of those that no request fills."""
    first, *rest = text.split("%s")
    literals: dict[str, Any] = {}
    pieces = [first]
    for number, (parameter, piece) in enumerate(zip(parameters, rest, strict=True)):
        if isinstance(parameter, Parameter):
            place = f"%({parameter.name})s"
        elif type(parameter) is int:
            place = str(parameter)
        elif isinstance(parameter, str) and PLAIN_LITERAL.fullmatch(parameter):
            place = f"'{parameter}'"
        else:
            place = f"%(literal_{number})s"
            literals[f"literal_{number}"] = parameter
        pieces += [place, piece]
    return "".join(pieces), literals


def _text_for(vendor: str, text: str) -> str:
    if vendor != "sqlite":
        return text
    known = SQLiteText(text)
    names = re.findall(r"%\((\w+)\)s", text)
    known.native = text % dict.fromkeys(names, "?")
    known.in_order = _getter_of(names)
    return known


def _getter_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what takes the values of these names, in this order, out of a mapping."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)

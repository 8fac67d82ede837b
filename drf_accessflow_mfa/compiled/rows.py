"""Append a row without compiling its INSERT again."""

from functools import lru_cache
from typing import Any

from django.db import connections, models
from django.db.models.signals import post_save, pre_save

from drf_accessflow_mfa.compiled.queries import compile_insert
from drf_accessflow_mfa.compiled.statements import CompiledStatement, value_for

Fields = tuple["models.Field[Any, Any]", ...]


def insert_row(row: models.Model, *, using: str) -> None:
    """Insert a new row as ``row.save(force_insert=True)`` does, and set the key that the database gives it.

    Where somebody listens for the saves of its model, or the database answers
    no keys (MySQL), it is that ``save`` itself.
    """
    model = type(row)
    connection = connections[using]
    fields, is_keyed = _fields_of(model)
    if is_watched(model) or not (is_keyed or connection.features.can_return_columns_from_insert):
        models.Model.save(row, force_insert=True, using=using)
        return
    statement = _compiled(model, using, connection.vendor)
    values = {field.attname: value_for(field, getattr(row, field.attname), connection) for field in fields}
    if is_keyed:
        statement.write(values, connection=connection)
    else:
        [[row.pk]] = statement.write_and_read(values, connection=connection)
    row._state.adding = False
    row._state.db = using


def is_watched(model: type[models.Model]) -> bool:
    """Tell whether somebody listens for the saves of a model."""
    return pre_save.has_listeners(model) or post_save.has_listeners(model)


@lru_cache(maxsize=32)
def _fields_of(model: type[models.Model]) -> tuple[Fields, bool]:
    """Return the fields that an INSERT names, and whether the key is one of them."""
    is_keyed = not isinstance(model._meta.pk, models.AutoField)
    return tuple(
        field for field in model._meta.concrete_fields if is_keyed or not field.primary_key
    ), is_keyed


@lru_cache(maxsize=32)
def _compiled(model: type[models.Model], using: str, vendor: str) -> CompiledStatement:
    fields, is_keyed = _fields_of(model)
    return compile_insert(model, fields, using=using, returning=not is_keyed)

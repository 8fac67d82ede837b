"""Models that a host might have: proxies and children of the user model and of devices."""

import pytest
from django.apps import apps
from django.db import connection

from drf_accessflow_mfa.services import user_life

_defined = []
"""Kept: Django knows the class that a receiver listens to by its id, which another class could get."""


@pytest.fixture
def host_model():
    """Define a proxy, or with ``columns`` (SQL) a child with a table, and watch it as at the start.

    ``host_model("Colleague", User)``. Use it in tests within a transaction
    where there are columns: the rollback takes the table away.
    """
    names = []

    def define(name, base, *, columns="", **fields):
        meta = type("Meta", (), {"app_label": "vault", "proxy": not columns})
        model = type(name, (base,), {"__module__": __name__, "Meta": meta, **fields})
        _defined.append(model)
        names.append(model._meta.model_name)
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE TABLE {model._meta.db_table} ({columns})")
        user_life.connect()
        return model

    yield define
    for name in names:
        del apps.all_models["vault"][name]
    apps.clear_cache()

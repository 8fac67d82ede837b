"""As which of the models that count a row counts: hosts use proxies and children of them."""

from typing import Any, cast

from django.db import models

from drf_accessflow_mfa.devices.registry import DeviceModel, UserDevice, device_models, id_in


def as_user_device(row: Any) -> UserDevice:
    """Return a row of one of the models that count as a device. Raises ``LookupError`` for others."""
    entry = find_entry_of(type(row))
    if entry is None:
        raise LookupError(f"{row._meta.label} is not in DEVICE_MODELS")
    return UserDevice(row=row, method=entry.method, kind=entry.kind)


def find_entry_of(model: type[models.Model]) -> DeviceModel | None:
    """Return as which of the models that count the rows of a model count: itself, or its nearest parent."""
    counting = {entry.model: entry for entry in device_models()}
    return next((counting[ancestor] for ancestor in model.__mro__ if ancestor in counting), None)


def counted_as(row: Any, *, using: str) -> list[tuple[DeviceModel, str]]:
    """Return as which of the models that count a row counts, each with the device's id there.

    The row may be of a proxy, a child or a parent of such a model. What counts
    as the row's own table is first.
    """
    concrete = row._meta.concrete_model
    entries = sorted(device_models(), key=lambda entry: entry.model._meta.concrete_model is not concrete)
    return [
        (entry, id_in(entry.model, key))
        for entry in entries
        for key in _keys_in(entry.model, row, concrete, using=using)
    ]


def _keys_in(model: Any, row: Any, concrete: Any, *, using: str) -> list[Any]:
    if issubclass(concrete, model._meta.concrete_model):
        return [getattr(row, model._meta.pk.attname)]
    if issubclass(model, concrete):
        link = concrete._meta.pk.attname
        return list(model._base_manager.using(using).filter(**{link: row.pk}).values_list("pk", flat=True))
    return []


def find_again(row: Any, *, using: str) -> UserDevice | None:
    """Read a device anew, as a row of the model as which it counts."""
    entry = find_entry_of(type(row))
    if entry is None:
        return None
    key = getattr(row, cast("Any", entry.model._meta.pk).attname)
    fresh = entry.model._default_manager.using(using).filter(user_id=row.user_id, pk=key).first()
    return None if fresh is None else UserDevice(row=fresh, method=entry.method, kind=entry.kind)

"""django-otp's forms and admin call stock devices bare: their codes come through our door, too.

Stock models have methods of their own, which charge no budget of ours, log
nothing and write a whole row that may have been read before a code was spent.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import django_otp
from django.apps import apps
from django.db import models, transaction
from django_otp.models import Device, DeviceManager

from drf_accessflow_mfa.devices.by_itself import is_left_to_django_otp
from drf_accessflow_mfa.devices.counted import find_entry_of
from drf_accessflow_mfa.devices.stock import OtherKind
from drf_accessflow_mfa.models.hooks import app_config
from drf_accessflow_mfa.models.own_device import OwnDevice

_MARK = "leads_through_our_door"
Method = Callable[..., Any]


def lead_bare_calls_through_our_door() -> None:
    """Wrap what django-otp calls on the devices of others; a second call changes nothing.

    Whether a model counts is asked at each call: those that
    ``DEVICE_MODELS`` does not name are left alone.
    """
    for model in sorted(apps.get_models(), key=lambda model: len(model.__mro__)):
        if issubclass(model, Device) and not issubclass(model, OwnDevice):
            stock: Any = model
            _wrap(stock, "verify_token", _verify_token)
            _wrap(stock, "verify_is_allowed", _verify_is_allowed)
            _leave_unlocked(type(stock.objects))
    _wrap(django_otp, "match_token", _match_token)


def _wrap(owner: Any, name: str, wrapper: Callable[[Any, Method], Method]) -> None:
    original = getattr(owner, name)
    if not hasattr(original, _MARK):
        wrapped = wraps(original)(wrapper(owner, original))
        setattr(wrapped, _MARK, True)
        setattr(owner, name, wrapped)


def _verify_token(owner: Any, original: Method) -> Method:
    def verify_token(device: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_ours_to_judge(device, owner):
            return original(device, *args, **kwargs)
        return app_config().verify_for_django_otp(device, *args, **kwargs)

    return verify_token


def _verify_is_allowed(owner: Any, original: Method) -> Method:
    def verify_is_allowed(device: Any) -> Any:
        if not _is_ours_to_judge(device, owner):
            return original(device)
        allowed = app_config().verify_is_allowed(device)
        entry = find_entry_of(type(device))
        asks_itself = entry is not None and isinstance(entry.kind, OtherKind)
        return original(device) if allowed[0] and asks_itself else allowed

    return verify_is_allowed


def _match_token(owner: Any, original: Method) -> Method:
    def match_token(user: Any, token: Any) -> Any:
        """Try the devices of others first, then ours and the stock ones, all for one charge."""
        if user.is_anonymous or is_left_to_django_otp():
            return original(user, token)
        is_ours: dict[bool, list[Any]] = {True: [], False: []}
        with transaction.atomic():
            for device in django_otp.devices_for_user(user, for_verify=True):
                is_ours[_counts(device, type(device))].append(device)
            matched = next((device for device in is_ours[False] if device.verify_token(token)), None)
        if matched is not None or not is_ours[True]:
            return matched
        return app_config().match_for_django_otp(user, token)

    return match_token


def _is_ours_to_judge(device: Any, owner: type[models.Model]) -> bool:
    """Tell whether a call of a method that a class defines is one of a second factor.

    A device that is not confirmed is none yet: hosts confirm with this very method.
    """
    return not is_left_to_django_otp() and bool(device.confirmed) and _counts(device, owner)


def _counts(device: Any, owner: Any) -> bool:
    """Tell whether a device counts as what it is, or as the class whose method is called.

    A child that defines ``verify_token`` anew reads other codes than its parent.
    """
    return any(_is_named(model._meta.concrete_model) for model in (device, owner))


def _is_named(model: type[models.Model]) -> bool:
    entry = find_entry_of(model)
    return entry is not None and entry.model is model


def _leave_unlocked(manager: type[models.Manager[Any]]) -> None:
    rows: Any = manager
    if issubclass(manager, DeviceManager) and not issubclass(rows._queryset_class, _Unlocked):
        base = rows._queryset_class
        rows._queryset_class = type(base.__name__, (_Unlocked, base), {"__module__": base.__module__})


class _Unlocked(models.QuerySet):  # type: ignore[type-arg] # takes none at run time
    """Devices that django-otp locks before it calls ``verify_token``, which would wait for that lock."""

    def select_for_update(self, *args: Any, **kwargs: Any) -> Any:
        """Return the devices without a lock where the attempt budget is the lock."""
        if is_left_to_django_otp() or find_entry_of(self.model) is None:
            return super().select_for_update(*args, **kwargs)
        return self

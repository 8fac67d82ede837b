"""Rename and remove the devices of a user."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices.registry import (
    UserDevice,
    devices_of,
    find_device,
    is_expired_enrollment,
    is_recovery_set,
)
from drf_accessflow_mfa.domain.errors import DeviceNotFound
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.attempts import lock_factors
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.require import require_fresh
from drf_accessflow_mfa.services.revoke import revoke_device


def list_devices(caller: Caller, *, now: datetime | None = None) -> list[UserDevice]:
    """Return the caller's devices, those being enrolled too, recovery codes apart."""
    devices = devices_of(caller.user, using=write_alias(), now=now or timezone.now())
    return [device for device in devices if not is_recovery_set(device)]


def rename_device(
    caller: Caller, device_id: str, *, name: str, origin: Origin, now: datetime | None = None
) -> UserDevice:
    """Give a device another name and return it. Raises ``DeviceNotFound``."""
    moment = now or timezone.now()

    def work(using: str) -> UserDevice:
        act = Act(caller=caller, origin=origin, now=moment, using=using)
        lock_factors(caller.user, using=using)
        device = _find_own(act, device_id)
        old_name = device.name
        type(device.row)._default_manager.using(using).filter(pk=device.row.pk).update(name=name)
        device.row.name = name
        act.log(EventKind.DEVICE_RENAMED, device=device, changes={"name": [old_name, name]})
        return device

    return durably(work)


def remove_device(caller: Caller, device_id: str, *, origin: Origin, now: datetime | None = None) -> None:
    """Remove a device and end what it verified.

    Needs a fresh verification, except for one that was never confirmed. With
    the last device the recovery codes go too: nobody is half enrolled. Raises
    ``DeviceNotFound`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> None:
        act = Act(caller=caller, origin=origin, now=moment, using=using)
        lock_factors(caller.user, using=using)
        device = _find_own(act, device_id)
        if device.confirmed:
            require_fresh(caller, now=moment)
        _remove(act, device)
        for left_over in _left_without_device(devices_of(caller.user, using=using, now=moment)):
            _remove(act, left_over)

    durably(work)


def _find_own(act: Act, device_id: str) -> UserDevice:
    device = find_device(act.caller.user, device_id, using=act.using)
    if device is None or is_recovery_set(device) or is_expired_enrollment(device.row, now=act.now):
        raise DeviceNotFound
    return device


def _left_without_device(devices: Sequence[UserDevice]) -> Sequence[UserDevice]:
    confirmed = [device for device in devices if device.confirmed]
    return confirmed if all(map(is_recovery_set, confirmed)) else ()


def _remove(act: Act, device: UserDevice) -> None:
    device_id, user = device.id, act.caller.user
    act.log(EventKind.DEVICE_REMOVED, device=device)
    revoke_device(act.caller.user.pk, device_id, now=act.now, using=act.using)
    # Told to the receiver that watches for removals from elsewhere.
    device.row.accessflow_mfa_removal_is_logged = True
    device.row.delete(using=act.using)
    signals.send_after_commit(
        signals.device_removed, sender=type(device.row), using=act.using, user=user, device=device_id
    )

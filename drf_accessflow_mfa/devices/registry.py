"""Which device models count, what kind each is, and whose devices there are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.apps import apps
from django.db import connections, models
from django_otp.models import Device, SideChannelDevice

from drf_accessflow_mfa.compiled.queries import compile_query
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, value_for
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.devices.authenticator_app import AuthenticatorAppKind
from drf_accessflow_mfa.devices.kinds import DeviceKind
from drf_accessflow_mfa.devices.recovery_codes import RecoveryCodesKind
from drf_accessflow_mfa.devices.stock import OtherKind, SideChannelKind, StockStaticKind, StockTotpKind
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.models import AuthenticatorApp, RecoveryCodes
from drf_accessflow_mfa.models.own_device import OwnDevice

_KINDS: dict[str, DeviceKind] = {
    "drf_accessflow_mfa.authenticatorapp": AuthenticatorAppKind(),
    "drf_accessflow_mfa.recoverycodes": RecoveryCodesKind(),
    "otp_totp.totpdevice": StockTotpKind(),
    "otp_static.staticdevice": StockStaticKind(),
}
_SIDE_CHANNEL = SideChannelKind()
_OTHER = OtherKind()


class DeviceModel(NamedTuple):
    """One model of ``ACCESSFLOW_MFA_DEVICE_MODELS``."""

    model: type[models.Model]
    method: Method
    kind: DeviceKind


class UserDevice(NamedTuple):
    """One device of one user."""

    row: Any
    method: Method
    kind: DeviceKind

    @property
    def id(self) -> str:
        """Return the id that the API and the log use."""
        return id_of(self.row)

    @property
    def name(self) -> str:
        """Return the name that the user gave."""
        return str(self.row.name)

    @property
    def confirmed(self) -> bool:
        """Tell whether the device counts."""
        return bool(self.row.confirmed)

    @property
    def created_at(self) -> datetime | None:
        """Return when the device was made, where it is known."""
        return self.kind.created_at(self.row)

    @property
    def last_used_at(self) -> datetime | None:
        """Return when one of its codes was last accepted, where it is known."""
        return self.kind.last_used_at(self.row)


def id_of(row: models.Model) -> str:
    """Return the id of a device: its model's label and its primary key."""
    return id_in(row, row.pk)


def id_in(model: Any, key: Any) -> str:
    """Return the id of the device that has this key in a model."""
    return f"{model._meta.label_lower}-{key}"


def is_device_model(model: type[models.Model]) -> bool:
    """Tell whether a model is one of django-otp's devices."""
    return issubclass(model, Device)


def device_models() -> Iterator[DeviceModel]:
    """Yield the models that count."""
    for label, method in mfa_settings.device_models.items():
        model = apps.get_model(label)
        yield DeviceModel(model=model, method=method, kind=_kind_of(model))


def _kind_of(model: type[models.Model]) -> DeviceKind:
    if issubclass(model, SideChannelDevice):
        return _KINDS.get(model._meta.label_lower, _SIDE_CHANNEL)
    return _KINDS.get(model._meta.label_lower, _OTHER)


def devices_of(user: Any, *, using: str, now: datetime) -> list[UserDevice]:
    """Return all devices of a user, those being enrolled too: one statement a model."""
    return [
        device
        for device in all_devices_of(user, using=using)
        if not is_expired_enrollment(device.row, now=now)
    ]


def all_devices_of(user: Any, *, using: str) -> list[UserDevice]:
    """Return all devices of a user, also what can be confirmed no more: one statement a model."""
    return [
        UserDevice(row=row, method=entry.method, kind=entry.kind)
        for entry in device_models()
        for row in entry.model._default_manager.using(using).filter(user_id=user.pk).order_by("pk")
    ]


def is_expired_enrollment(row: Any, *, now: datetime) -> bool:
    """Tell whether an enrollment was begun and not confirmed in time."""
    return (
        isinstance(row, AuthenticatorApp)
        and not row.confirmed
        and not row.created_at <= now < row.created_at + mfa_settings.enrollment_ttl
    )


def devices_that_read(user: Any, code: object, *, using: str) -> Iterator[UserDevice]:
    """Yield the confirmed devices of a user whose kind can read such a code.

    One statement for each model that fits, made when its turn comes.
    """
    for entry in device_models():
        if entry.kind.canonical(code) is not None:
            for row in _rows_that_count(entry, user, using=using):
                yield UserDevice(row=row, method=entry.method, kind=entry.kind)


def find_device(user: Any, device_id: object, *, using: str) -> UserDevice | None:
    """Return one device of a user by its id, confirmed or not."""
    if not isinstance(device_id, str) or not device_id.isascii():
        return None
    label, _, key = device_id.rpartition("-")
    for entry in device_models():
        if entry.model._meta.label_lower == label and key.isdecimal() and len(key) <= 18:
            row = entry.model._default_manager.using(using).filter(user_id=user.pk, pk=key).first()
            return None if row is None else UserDevice(row=row, method=entry.method, kind=entry.kind)
    return None


def methods_of(user: Any, acr: Acr, *, using: str) -> Sequence[str]:
    """Return how a user can reach a class, in RFC 8176 names; none: not enrolled."""
    return sorted(
        {
            entry.method.amr
            for entry in device_models()
            if entry.method.acr.satisfies(acr) and _confirmed(entry, user, using=using).exists()
        }
    )


def has_confirmed_device(user: Any, *, using: str) -> bool:
    """Tell whether a user is enrolled, with the fewest statements."""
    return any(_confirmed(entry, user, using=using).exists() for entry in device_models())


def _rows_that_count(entry: DeviceModel, user: Any, *, using: str) -> Any:
    """Return the confirmed devices of one model, read by a compiled statement where the model is ours."""
    if not issubclass(entry.model, OwnDevice):
        return _confirmed(entry, user, using=using)
    connection = connections[using]
    statement, columns = _reading(cast("Any", entry.model), using, connection.vendor)
    owner = value_for(entry.model._meta.get_field("user"), user.pk, connection)
    rows = statement.run({"user": owner}, connection=connection)
    return [entry.model.from_db(using, columns, row) for row in rows]


@lru_cache(maxsize=16)
def _reading(model: Any, using: str, vendor: str) -> tuple[CompiledStatement, list[str]]:
    columns = [field.attname for field in model._meta.concrete_fields]
    owner = Parameter("user", model._meta.get_field("user"))
    rows = model._default_manager.filter(user_id=owner, confirmed=True).order_by("pk")
    return compile_query(rows.values_list(*columns), using=using), columns


def _confirmed(entry: DeviceModel, user: Any, *, using: str) -> Any:
    return entry.model._default_manager.using(using).filter(user_id=user.pk, confirmed=True).order_by("pk")


def is_authenticator_app(device: UserDevice) -> bool:
    """Tell whether a device is one of ours that generates codes."""
    return isinstance(device.row, AuthenticatorApp)


def is_recovery_set(device: UserDevice) -> bool:
    """Tell whether a device is our set of recovery codes."""
    return isinstance(device.row, RecoveryCodes)

"""What our two kinds of django-otp devices share."""

from typing import Any, Self

from django.db import models
from django_otp.models import Device, DeviceManager

from drf_accessflow_mfa.models.hooks import app_config


class OwnDeviceQuerySet(models.QuerySet):  # type: ignore[type-arg] # takes none at run time
    """Devices that nobody locks but this package, through the user's attempt budget."""

    def select_for_update(self, *args: Any, **kwargs: Any) -> Self:
        """Return the devices without a lock.

        django-otp locks a device before it calls ``verify_token``, which
        works over a connection of its own and would wait for that lock.
        """
        return self


class OwnDevice(Device):
    """A device of this package, safe where django-otp's forms and admin call it bare."""

    SPENT_COLUMNS: tuple[str, ...] = ("last_used_at",)
    """What an instance read earlier must not write back: codes would count again."""

    objects = DeviceManager.from_queryset(OwnDeviceQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; of a row that exists, nothing that a code has spent."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in self.SPENT_COLUMNS
            ]
        super().save(*args, **kwargs)

    def verify_token(self, token: object) -> bool:
        """Verify a code for django-otp's own forms and admin.

        The code is charged, consumed and audited like any other, whatever
        transaction the caller is in.
        """
        return app_config().verify_for_django_otp(self, token)

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        """Tell django-otp whether the attempt budget allows another code."""
        return app_config().verify_is_allowed(self)

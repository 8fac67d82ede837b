"""django-otp: ``OTPMiddleware``, and a permission that asks ``is_verified()``."""

from typing import Any

import django_otp
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.permissions import BasePermission, IsAuthenticated

from benchmarks.site.account import Account
from benchmarks.site.subject import Plain, Subject

MIDDLEWARE = ("django_otp.middleware.OTPMiddleware",)


class IsVerified(BasePermission):
    """Let in whom the session calls verified."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.is_verified())


class Guarded(Plain):
    """A view that asks for it."""

    permission_classes = [IsAuthenticated, IsVerified]


def verify(account: Account) -> None:
    """Do what django-otp's log-in form does."""
    request = account.http_request()
    django_otp.login(request, TOTPDevice.objects.create(user=account.user, name="phone"))
    request.session.save()


SUBJECTS = [
    Subject(
        key="django_otp",
        label="django-otp: `OTPMiddleware`, `is_verified()`",
        view=Guarded,
        middleware=MIDDLEWARE,
        only="session",
        prepare=verify,
    )
]

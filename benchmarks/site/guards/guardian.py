"""django-guardian, a neighbour: a permission on one object."""

from typing import Any

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm
from rest_framework.permissions import BasePermission, IsAuthenticated

from benchmarks.site.account import Account
from benchmarks.site.subject import Plain, Subject

GUARDED_OBJECT = Group(pk=1, name="benchmark")


class MayView(BasePermission):
    """Let in who has the permission on the object."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.has_perm("auth.view_group", GUARDED_OBJECT))


class Guarded(Plain):
    """A view with the permission."""

    permission_classes = [IsAuthenticated, MayView]


def allow(account: Account) -> None:
    """Give the user the permission on the object."""
    group, _ = Group.objects.get_or_create(pk=GUARDED_OBJECT.pk, defaults={"name": GUARDED_OBJECT.name})
    assign_perm("auth.view_group", account.user, group)


SUBJECTS = [
    Subject(
        key="guardian",
        label="django-guardian: `has_perm` on an object (no MFA)",
        view=Guarded,
        prepare=allow,
    )
]

"""The view without any guard, which all are measured against, and the least that one statement costs."""

from typing import Any

from django.db import connection
from rest_framework.permissions import BasePermission, IsAuthenticated

from benchmarks.site.subject import Plain, Subject


class AsksTheDatabase(BasePermission):
    """Ask the database something, and let everybody in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)


class ReadsARow(BasePermission):
    """Read one row by its key, and let everybody in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT is_active FROM auth_user WHERE id = %s", [request.user.pk])
            return bool(cursor.fetchone()[0])


class WithStatement(Plain):
    """A view that asks it."""

    permission_classes = [IsAuthenticated, AsksTheDatabase]


class WithRow(Plain):
    """A view that reads it."""

    permission_classes = [IsAuthenticated, ReadsARow]


SUBJECTS = [
    Subject(key="plain", label="no guard", view=Plain),
    Subject(key="statement", label="a permission that runs `SELECT 1`, no more", view=WithStatement),
    Subject(key="row", label="a permission that reads one row by its key, no more", view=WithRow),
]

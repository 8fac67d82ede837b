"""What approved access to the customer export is made of: a PostgreSQL role, else a row.

Both methods may be called again after they have failed half-way, or after an
extension: they bring about a state, whatever was there before.
"""

from django.db import connection
from psycopg import sql

from drf_accessflow_mfa.models import AccessRequest
from example_project.vault.models import VaultEntry, VaultReader


class VaultRole:
    """Gives the requester of an export a way to read the vault's table, until access ends."""

    def grant(self, request: AccessRequest) -> None:
        """Let the requester read, until the end of the request."""
        if connection.vendor == "postgresql":
            _grant_role(request)
            return
        VaultReader.objects.update_or_create(
            access_request=request.pk,
            defaults={"username": request.requester.get_username(), "until": str(request.ends_at)},
        )

    def withdraw(self, request: AccessRequest) -> None:
        """Take it away."""
        if connection.vendor == "postgresql":
            _drop_role(request)
            return
        VaultReader.objects.filter(access_request=request.pk).delete()


def role_of(request: AccessRequest) -> str:
    """Return the name of the role that stands for a request."""
    return f"vault_reader_{request.pk.hex}"


def _grant_role(request: AccessRequest) -> None:
    role, table = sql.Identifier(role_of(request)), sql.Identifier(VaultEntry._meta.db_table)
    until = sql.Literal(str(request.ends_at))
    with connection.cursor() as cursor:
        if not _role_exists(request):
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        cursor.execute(sql.SQL("ALTER ROLE {} VALID UNTIL {}").format(role, until))
        cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(table, role))


def _drop_role(request: AccessRequest) -> None:
    role = sql.Identifier(role_of(request))
    if not _role_exists(request):
        return
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP OWNED BY {}").format(role))
        cursor.execute(sql.SQL("DROP ROLE {}").format(role))


def _role_exists(request: AccessRequest) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_of(request)])
        return cursor.fetchone() is not None

"""Let the database itself refuse to change or delete audit events.

Not in test databases: Django's own test cases empty every table between tests,
by TRUNCATE and DELETE. A MySQL server that logs for replication may let only
privileged accounts create triggers: then the migration says so and goes on,
and `manage.py accessflow_mfa_audit protect` does it with such an account.
"""

import warnings
from typing import Any

from django.core import mail
from django.db import migrations
from django.db.utils import OperationalError

from drf_accessflow_mfa.models import audit_triggers

MYSQL_PRIVILEGE_ERRORS = {1142, 1227, 1419}


def protect(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if is_under_test() or not audit_triggers.is_supported(connection):
        return
    try:
        audit_triggers.install(connection)
    except OperationalError as error:
        if not error.args or error.args[0] not in MYSQL_PRIVILEGE_ERRORS:
            raise
        warnings.warn(
            f"Audit events are not protected by triggers: {error}. "
            "Run `manage.py accessflow_mfa_audit protect` with an account that may create them.",
            stacklevel=2,
        )


def unprotect(apps: Any, schema_editor: Any) -> None:
    if audit_triggers.is_supported(schema_editor.connection):
        audit_triggers.uninstall(schema_editor.connection)


def is_under_test() -> bool:
    # Django's and pytest-django's runners set it up before they make a database.
    return hasattr(mail, "outbox")


class Migration(migrations.Migration):
    dependencies = [("drf_accessflow_mfa", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]

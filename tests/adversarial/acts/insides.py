"""What happens inside an installation and no client can do: called in an insider's process."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import DatabaseError, connection

from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp


def set_password(username, password):
    """Change a password as Django's forms do."""
    user = User.objects.get(username=username)
    user.set_password(password)
    user.save()


def deactivate_in_bulk(username):
    """Deactivate a user past all signals."""
    return User.objects.filter(username=username).update(is_active=False)


def unconfirm(device_id):
    """Take the confirmation of a device back past all signals."""
    label, _, key = device_id.rpartition("-")
    return apps.get_model(label).objects.filter(pk=key).update(confirmed=False)


def give(username, *codenames):
    """Give permissions."""
    user = User.objects.get(username=username)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def user_id(username):
    """The primary key of a user."""
    return User.objects.get(username=username).pk


def damage_secret(device_id):
    """Flip one bit of a sealed secret."""
    app = AuthenticatorApp.objects.get(pk=device_id.rpartition("-")[2])
    blob = bytearray(bytes(app.sealed_secret))
    blob[-1] ^= 1
    return AuthenticatorApp.objects.filter(pk=app.pk).update(sealed_secret=bytes(blob))


def tamper_with_events():
    """Try to edit and delete events in each way that a program has, and name those that worked."""
    table = AuditEvent._meta.db_table
    key = AuditEvent.objects.order_by("pk").values_list("pk", flat=True)[0]
    before = (AuditEvent.objects.count(), AuditEvent.objects.values().get(pk=key))
    ways = {
        "save": lambda: AuditEvent.objects.get(pk=key).save(),
        "delete": lambda: AuditEvent.objects.get(pk=key).delete(),
        "update": lambda: AuditEvent.objects.filter(pk=key).update(reason="x"),
        "bulk delete": lambda: AuditEvent.objects.filter(pk=key).delete(),
        "raw delete": lambda: AuditEvent.objects.filter(pk=key)._raw_delete("default"),
        "bulk update": lambda: AuditEvent.objects.bulk_update([AuditEvent(pk=key, reason="x")], ["reason"]),
        "SQL update": lambda: _execute(f"UPDATE {table} SET reason = 'x' WHERE id = {key}"),
        "SQL delete": lambda: _execute(f"DELETE FROM {table} WHERE id = {key}"),
    }
    worked = [name for name, way in ways.items() if not _is_refused(way)]
    after = (AuditEvent.objects.count(), AuditEvent.objects.values().get(pk=key))
    return worked, before == after


def _is_refused(way):
    try:
        way()
    except (DatabaseError, TypeError, NotImplementedError, AttributeError):
        return True
    except Exception as error:
        return type(error).__module__.startswith("drf_accessflow_mfa")
    return False


def _execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def join(username, group):
    """Put a user into a group."""
    User.objects.get(username=username).groups.add(Group.objects.get_or_create(name=group)[0])

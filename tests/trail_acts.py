"""What happens to an audit log, good and bad: called in the test's process or in one of its own."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

from drf_accessflow_mfa import audit
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome, Source
from drf_accessflow_mfa.domain.trail import EVENT_FIELDS, event_bytes
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent, audit_triggers
from drf_accessflow_mfa.models.audit_triggers import TABLE, pruning
from drf_accessflow_mfa.services import audit_check, seal

NOON = datetime(2026, 6, 1, 12, 0, 5, 123456, tzinfo=UTC)


def start_afresh():
    """Empty the log and protect it again."""
    audit_triggers.uninstall(connection)
    AuditEvent.objects.all()._raw_delete("default")
    AuditCheckpoint.objects.all().delete()
    User.objects.all().delete()
    audit_triggers.install(connection)


def append(count=1, *, now=NOON, **facts):
    """Append events, each a second after the one before, and return their ids."""
    return [
        audit.append(
            EventKind.FLOW_CHANGED,
            Outcome.SUCCESS,
            now=now + timedelta(seconds=number),
            origin=Origin(source=Source.API, ip="192.0.2.1", user_agent="a test"),
            using="default",
            flow="refunds",
            **facts,
        ).pk
        for number in range(count)
    ]


def append_now(count):
    """Append events of this moment."""
    return append(count, now=datetime.now(UTC))


def golden():
    """Append an event with everything that a database could change, and return its bytes before and after."""
    user = User.objects.create_user("ünïcode", id=77)
    event = audit.append(
        EventKind.FLOW_CHANGED,
        Outcome.SUCCESS,
        now=NOON.astimezone(),
        origin=Origin(source=Source.API, ip="::ffff:192.0.2.1", user_agent="\U0001f510 é  "),
        using="default",
        actor=user,
        reason="  spaces  ",
        verification=UUID("0F0E0D0C-0b0a-0908-0706-050403020100"),
        changes={"b": [1e22, 100.0, 1.5, (1, 2)], "a": {"z": None, "ä": True}, "": ["\u2028"]},
    )
    written = event_bytes({name: getattr(event, name) for name in EVENT_FIELDS})
    read = event_bytes(AuditEvent.objects.values(*EVENT_FIELDS).get(pk=event.pk))
    return [written.decode(), read.decode()]


def seal_all(batch=3):
    """Seal, and return the numbers of the new checkpoints."""
    return [checkpoint.number for checkpoint in seal.seal_all(batch=batch).checkpoints]


def check(anchor=None):
    """Check, and return what was found."""
    return [str(finding) for finding in audit_check.check_trail(anchor=anchor).findings]


def tamper(statement, *parameters):
    """Do what an intruder with the database's own account does, past all triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=TABLE), parameters)


def delete(*ids):
    """Delete events past the triggers."""
    with transaction.atomic(), pruning(connection):
        AuditEvent.objects.filter(pk__in=ids)._raw_delete("default")


def hide(*ids):
    """Put events where nobody sees them, as if their transactions were still open."""
    for key in ids:
        tamper("UPDATE {table} SET id = %s WHERE id = %s", -key, key)


def show(*ids):
    """Let events be seen that were hidden."""
    for key in ids:
        tamper("UPDATE {table} SET id = %s WHERE id = %s", key, -key)


def forge(*ids):
    """Change events, and take their signatures away."""
    for key in ids:
        tamper("UPDATE {table} SET reason = 'forged', mac = '' WHERE id = %s", key)


def sign_anew(number):
    """Sign another content of a checkpoint, as whoever has the keys could."""
    checkpoint = AuditCheckpoint.objects.get(number=number)
    checkpoint.newest_at += timedelta(seconds=1)
    checkpoint.sign()
    checkpoint.save()


def refusals():
    """Try all statements that destroy evidence, and return which of them the database let through."""
    append(2)
    statements = [f"UPDATE {TABLE} SET reason = 'x'", f"DELETE FROM {TABLE}"]
    if connection.vendor == "postgresql":
        statements.append(f"TRUNCATE {TABLE}")
    passed = []
    for statement in statements:
        try:
            tamper(statement)
        except DatabaseError:
            continue
        passed.append(statement)
    return [passed, AuditEvent.objects.count()]


def prune_then_try_again():
    """Delete in the sanctioned way, and return whether a plain deletion is refused afterwards."""
    ids = append(3)
    delete(ids[0])
    try:
        tamper(f"DELETE FROM {TABLE}")
    except DatabaseError:
        return [True, AuditEvent.objects.count()]
    return [False, AuditEvent.objects.count()]


def commit_late():
    """Let a transaction commit after a younger one was sealed; return what is found, and late ids."""
    taken, sealed = threading.Event(), threading.Event()
    ids = []

    def slow():
        try:
            with transaction.atomic():
                ids.extend(append(1))
                taken.set()
                sealed.wait(30)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    taken.wait(30)
    append(1)
    seal_all()
    sealed.set()
    writer.join()
    before_second = check()
    seal_all()
    last = AuditCheckpoint.objects.latest("number")
    return [before_second, check(), last.late_ids == ids]


def write_for(seconds, *, pause=0.005):
    """Append events for some seconds, some of them rolled back, and return how many stayed."""
    stop_at, stayed = time.monotonic() + seconds, 0
    while time.monotonic() < stop_at:
        try:
            with transaction.atomic():
                append_now(2)
                if stayed % 10 == 8:
                    raise InterruptedError
            stayed += 2
        except InterruptedError:
            stayed += 1
        except DatabaseError:
            continue
        time.sleep(pause)
    return AuditEvent.objects.count()


def seal_for(seconds):
    """Seal again and again, and return how many checkpoints this sealer made."""
    stop_at, made = time.monotonic() + seconds, 0
    while time.monotonic() < stop_at:
        made += len(seal_all(batch=50))
    return made


def state():
    """Return the numbers of all checkpoints, how many events they hold, and how many there are."""
    checkpoints = AuditCheckpoint.objects.order_by("number")
    held = sum(checkpoint.event_count for checkpoint in checkpoints)
    return [[checkpoint.number for checkpoint in checkpoints], held, AuditEvent.objects.count()]

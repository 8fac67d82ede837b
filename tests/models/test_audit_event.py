"""The log is appended and never edited."""

import pytest
from django.core import serializers
from django.utils import timezone

from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.models.audit_event import AuditEventIsImmutable

pytestmark = pytest.mark.django_db
TYPE_ERROR = pytest.raises(AuditEventIsImmutable)


def new(**fields):
    return AuditEvent(
        **{
            "occurred_at": timezone.now(),
            "kind": "mfa.verified",
            "outcome": "success",
            "source": "api",
            "reason": "first",
            **fields,
        }
    )


@pytest.fixture
def event(db):
    event = new()
    event.save()
    return event


EDITS = {
    "save": lambda event: event.save(),
    "save of some fields": lambda event: event.save(update_fields=["reason"]),
    "forced save": lambda event: event.save(force_update=True),
    "save of a copy that was read": lambda event: AuditEvent.objects.get(pk=event.pk).save(),
    "delete": lambda event: event.delete(),
    "queryset update": lambda event: AuditEvent.objects.filter(pk=event.pk).update(reason="x"),
    "manager update": lambda event: AuditEvent.objects.update(reason="x"),
    "queryset delete": lambda event: AuditEvent.objects.all().delete(),
    "values update": lambda event: AuditEvent.objects.values("pk").update(reason="x"),
    "bulk update": lambda event: AuditEvent.objects.bulk_update([event], ["reason"]),
    "update or create": lambda event: AuditEvent.objects.update_or_create(
        pk=event.pk, defaults={"reason": "x"}
    ),
}


@pytest.mark.parametrize("edit", list(EDITS.values()), ids=list(EDITS))
def test_nothing_edits_or_deletes_an_event(event, edit):
    event.reason = "x"

    with TYPE_ERROR:
        edit(event)

    assert list(AuditEvent.objects.values_list("reason", flat=True)) == ["first"]


REPLACEMENTS = {
    "save under its key": lambda event: new(pk=event.pk, reason="x").save(),
    "create under its key": lambda event: AuditEvent.objects.create(
        pk=event.pk, reason="x", occurred_at=timezone.now()
    ),
    "bulk create with update": lambda event: AuditEvent.objects.bulk_create(
        [new(pk=event.pk, reason="x")],
        update_conflicts=True,
        update_fields=["reason"],
        unique_fields=["id"],
    ),
}


@pytest.mark.parametrize("replace", list(REPLACEMENTS.values()), ids=list(REPLACEMENTS))
def test_no_new_event_replaces_an_old_one(event, replace):
    from django.db import IntegrityError, transaction

    with pytest.raises((AuditEventIsImmutable, IntegrityError)), transaction.atomic():
        replace(event)

    assert list(AuditEvent.objects.values_list("reason", flat=True)) == ["first"]


def test_appending_one_or_many_is_allowed(event):
    AuditEvent.objects.bulk_create([new(), new()])

    assert AuditEvent.objects.count() == 3


async def _aedit(event):
    with TYPE_ERROR:
        await AuditEvent.objects.aupdate(reason="x")
    with TYPE_ERROR:
        await AuditEvent.objects.filter(pk=event.pk).adelete()
    with TYPE_ERROR:
        await AuditEvent.objects.aupdate_or_create(pk=event.pk, defaults={"reason": "x"})


def test_the_asynchronous_doors_are_shut_too(event):
    from asgiref.sync import async_to_sync

    async_to_sync(_aedit)(event)


def test_the_log_outlives_the_accounts_it_speaks_of(rita, omar):
    rita.app.verify_token(rita.wrong_code())
    rita.user.delete()

    event = AuditEvent.objects.get(kind="mfa.failed")

    assert event.subject_name == "rita"
    assert event.subject_id is not None


def test_a_new_event_shows_no_more_than_what_happened(event):
    assert str(event) == "mfa.verified success"
    assert serializers.serialize("json", [event])

"""A row that is inserted by a compiled statement is the row that the ORM would have inserted."""

import contextlib
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from drf_accessflow_mfa.compiled.rows import insert_row
from drf_accessflow_mfa.models import AuditEvent, Verification

pytestmark = pytest.mark.django_db
EVENT = {
    "kind": "mfa.verified",
    "outcome": "success",
    "source": "api",
    "actor_name": "Ren\u00e9e 'O' \"%s\" %(kind)s \\ \u2603",
    "verification": uuid.UUID(int=7),
    "ip": "2001:db8::1",
    "user_agent": "100% real",
    "changes": {"name": ["old", None], "count": [1, 2.5], "deep": {"on": True}},
}


def kept(row):
    """Return every column of a row as the ORM reads it."""
    found = type(row).objects.get(pk=row.pk)
    return {field.attname: getattr(found, field.attname) for field in row._meta.concrete_fields}


def test_every_column_is_kept_as_the_orm_keeps_it(rita):
    facts = {**EVENT, "occurred_at": timezone.now(), "actor": rita.user, "subject": None}
    by_orm = AuditEvent.objects.create(**facts)
    by_statement = AuditEvent(**facts, mac=by_orm.mac)

    insert_row(by_statement, using="default")

    assert by_statement.pk is not None
    assert kept(by_statement) == {**kept(by_orm), "id": by_statement.pk}


def test_the_row_is_one_that_was_saved(rita):
    event = AuditEvent(**EVENT, occurred_at=timezone.now())

    insert_row(event, using="default")

    assert (event._state.adding, event._state.db) == (False, "default")
    assert event.pk == AuditEvent.objects.latest("id").pk


def test_a_key_that_the_row_brings_is_kept(rita):
    session = Session(session_key="k" * 32, session_data="data", expire_date=timezone.now())

    insert_row(session, using="default")

    assert kept(session)["session_data"] == "data"


def test_a_second_row_of_one_key_is_refused_and_the_transaction_is_over(rita):
    row = Session(session_key="k" * 32, session_data="first", expire_date=timezone.now())
    insert_row(row, using="default")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_row(Session(session_key="k" * 32, expire_date=timezone.now()), using="default")

    assert kept(row)["session_data"] == "first"


def test_after_an_error_that_was_swallowed_nothing_more_is_done(rita):
    insert_row(Session(session_key="k" * 32, expire_date=timezone.now()), using="default")

    with pytest.raises(transaction.TransactionManagementError):
        insert_twice_and_go_on()

    assert Session.objects.count() == 1


@transaction.atomic
def insert_twice_and_go_on():
    with contextlib.suppress(IntegrityError):
        insert_row(Session(session_key="k" * 32, expire_date=timezone.now()), using="default")
    Session.objects.count()


def test_who_listens_for_saves_of_a_model_hears_of_each(rita):
    heard = []

    def receive(sender, instance, created, **kwargs):
        heard.append((instance.pk, created))

    post_save.connect(receive, sender=Verification)
    try:
        verification = Verification(
            user=rita.user,
            credential="token",
            binding="b",
            password_stamp="s",
            device="d",
            method="otp",
            acr="https://refeds.org/profile/mfa",
            verified_at=timezone.now(),
        )
        insert_row(verification, using="default")
    finally:
        post_save.disconnect(receive, sender=Verification)

    assert heard == [(verification.pk, True)]
    assert Verification.objects.filter(pk=verification.pk).exists()


def test_a_row_takes_one_statement(rita):
    with CaptureQueriesContext(connection) as captured:
        insert_row(AuditEvent(**EVENT, occurred_at=timezone.now()), using="default")

    assert [query["sql"].split()[0] for query in captured.captured_queries] == ["INSERT"]

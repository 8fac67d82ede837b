"""What is tried again when the database was busy, and what is not."""

import pytest
from django.db import IntegrityError, OperationalError, transaction

from drf_accessflow_mfa.services import durable
from drf_accessflow_mfa.services.durable import durably, is_contention, within_or_durably

pytestmark = pytest.mark.django_db


class DriversError(Exception):
    """An error as psycopg raises it."""

    def __init__(self, sqlstate):
        super().__init__("busy")
        self.sqlstate = sqlstate


def of_postgresql(sqlstate):
    error = OperationalError("busy")
    error.__cause__ = DriversError(sqlstate)
    return error


BUSY = {
    "serialization failure": of_postgresql("40001"),
    "deadlock on PostgreSQL": of_postgresql("40P01"),
    "lock not available": of_postgresql("55P03"),
    "record has changed": OperationalError(1020, "Record has changed"),
    "lock wait timeout": OperationalError(1205, "Lock wait timeout exceeded"),
    "deadlock on MariaDB": OperationalError(1213, "Deadlock found"),
    "SQLite": OperationalError("database is locked"),
    "two first inserts": IntegrityError("duplicate key"),
}
NOT_BUSY = {
    "connection lost": of_postgresql("57P01"),
    "server gone": OperationalError(2006, "Server has gone away"),
    "disk full": OperationalError("database or disk is full"),
    "says nothing": OperationalError(),
}


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that were made, in seconds."""
    made = []
    monkeypatch.setattr(durable.time, "sleep", made.append)
    return made


def failing(*errors):
    """Work that fails with each of the errors, one a time, and then succeeds."""
    left = list(errors)

    def work(using):
        if left:
            raise left.pop(0)
        return using

    return work


@pytest.mark.parametrize("error", BUSY.values(), ids=BUSY)
def test_what_was_busy_is_tried_again(pauses, error):
    assert is_contention(error) is True
    assert durably(failing(error, error)) == "default"
    assert len(pauses) == 2


@pytest.mark.parametrize("error", NOT_BUSY.values(), ids=NOT_BUSY)
def test_anything_else_is_raised_at_once(pauses, error):
    assert is_contention(error) is False
    with pytest.raises(OperationalError) as raised:
        durably(failing(error))
    assert raised.value is error
    assert pauses == []


def test_it_is_given_up_after_as_many_tries_as_are_asked_for(pauses):
    busy = OperationalError("database is locked")

    assert durably(failing(busy, busy), tries=3) == "default"
    with pytest.raises(OperationalError):
        durably(failing(busy, busy, busy), tries=3)

    assert len(pauses) == 4


def test_pauses_grow_and_are_bounded(pauses):
    busy = OperationalError("database is locked")

    durably(failing(*[busy] * 7))

    longest = [0.02, 0.04, 0.08, 0.16, 0.32, 0.5, 0.5]
    assert len(pauses) == 7
    assert all(limit / 2 <= pause <= limit for pause, limit in zip(pauses, longest, strict=True))


@pytest.mark.django_db(transaction=True)
def test_inside_of_somebody_elses_transaction_durable_work_is_refused_and_other_work_belongs_to_it():
    with transaction.atomic():
        with pytest.raises(RuntimeError):
            durably(failing())
        assert within_or_durably(failing()) == "default"
    assert within_or_durably(failing()) == "default"


@pytest.mark.django_db(transaction=True)
def test_what_is_nobodys_part_is_tried_again_too(pauses):
    calls = []

    def work(using):
        calls.append(using)
        if len(calls) == 1:
            raise OperationalError("database is locked")
        return 7

    assert within_or_durably(work) == 7
    assert calls == ["default"] * 2

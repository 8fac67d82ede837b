"""Webhooks sent by the background tasks of Django 6: collected by ``make test-django61`` alone."""

import pytest
from django.tasks.backends.immediate import ImmediateBackend

from drf_accessflow_mfa.models import WebhookDelivery
from drf_accessflow_mfa.services import webhooks
from drf_accessflow_mfa.services.verify import verify
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_proxy")]
IMMEDIATE = "django.tasks.backends.immediate.ImmediateBackend"
DUMMY = "django.tasks.backends.dummy.DummyBackend"


class ClosedQueue(ImmediateBackend):
    """A queue that takes nothing, as one whose broker is gone."""

    def enqueue(self, task, args, kwargs):
        raise ConnectionError("redis://secret@queue")


@pytest.fixture
def guess(rita, django_capture_on_commit_callbacks):
    """Cause one event, ``mfa.failed``, and commit it."""

    def guess_and_commit():
        with django_capture_on_commit_callbacks(execute=True):
            return verify(rita.caller(), rita.wrong_code(), origin=people.ORIGIN)

    return guess_and_commit


def only():
    return WebhookDelivery.objects.get()


def test_where_tasks_are_configured_a_task_sends_after_the_commit(receiver, settings, guess):
    settings.TASKS = {"default": {"BACKEND": IMMEDIATE}}

    guess()

    assert receiver.ids == [str(only().pk)]
    assert only().delivered_at is not None


def test_a_queue_without_a_worker_leaves_the_delivery_due(receiver, settings, guess):
    settings.TASKS = {"default": {"BACKEND": DUMMY}}

    guess()

    assert receiver.ids == []
    assert [attempt.status for attempt in webhooks.deliver_due()] == [204]


def test_a_queue_that_takes_nothing_refuses_no_act_and_leaves_the_delivery_due(receiver, settings, guess):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.{ClosedQueue.__name__}"}}

    outcome = guess()

    assert type(outcome).__name__ == "CodeRefused"
    assert (receiver.ids, only().attempts) == ([], 0)
    assert [attempt.status for attempt in webhooks.deliver_due()] == [204]
    assert receiver.ids == [str(only().pk)]


def test_without_configured_tasks_nothing_is_enqueued(receiver, guess):
    guess()

    assert receiver.ids == []
    assert only().next_attempt_at is not None

"""Webhooks in detail: what is success, what the log and the receiver are told, and who sends."""

import json
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.domain.webhook import MOST_ATTEMPTS, SIGNATURE_HEADER, is_genuine_webhook
from drf_accessflow_mfa.models import WebhookDelivery
from drf_accessflow_mfa.services import webhooks
from drf_accessflow_mfa.services.verify import verify
from tests import people
from tests.receivers import NEW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_proxy")]
HOUR = timedelta(hours=1)


def queue(receiver, *, attempts=0, due=people.NOON):
    return WebhookDelivery.objects.create(
        kind="mfa.verified",
        url=receiver.url,
        payload={"id": "x"},
        created_at=people.NOON,
        next_attempt_at=due,
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("status", "is_success"), [(None, False), (199, False), (200, True), (299, True), (300, False)]
)
def test_success_is_an_answer_between_200_and_299(status, is_success):
    assert webhooks.Attempt(status=status).succeeded is is_success


@pytest.mark.parametrize(("status", "error"), [(200, ""), (299, ""), (300, "HTTP 300"), (404, "HTTP 404")])
def test_what_is_kept_of_an_answer(clock, receiver, status, error):
    receiver.answers = [status]
    delivery = queue(receiver)

    attempt = webhooks.deliver(delivery.pk)

    assert (attempt.status, attempt.error) == (status, error)
    delivery.refresh_from_db()
    assert (delivery.last_status, delivery.last_error) == (status, error)
    assert (delivery.delivered_at is None) is bool(error)


def test_the_receiver_learns_who_sends(clock, receiver):
    webhooks.deliver(queue(receiver).pk)

    ((_, headers, body),) = receiver.calls
    assert headers["User-Agent"] == "drf-accessflow-mfa"
    assert body == b'{"id":"x"}'


def test_a_delivery_happens_at_the_moment_that_is_given(receiver):
    delivery, later = queue(receiver, due=people.NOON + HOUR), people.NOON + HOUR
    assert list(webhooks.deliver_due(now=people.NOON)) == []
    assert webhooks.deliver(delivery.pk, now=people.NOON) is None

    [attempt] = webhooks.deliver_due(now=later)

    ((_, headers, body),) = receiver.calls
    assert attempt.succeeded
    assert is_genuine_webhook(headers[SIGNATURE_HEADER], body, secrets=[NEW], now=later)
    delivery.refresh_from_db()
    assert delivery.delivered_at == later


def test_what_is_noted_of_one_delivery_is_noted_of_no_other(clock, receiver):
    first, other = queue(receiver), queue(receiver, attempts=1)

    webhooks.deliver(first.pk)

    other.refresh_from_db()
    assert (other.delivered_at, other.next_attempt_at, other.attempts) == (None, people.NOON, 1)


def test_a_receiver_that_nobody_configures_is_named_as_the_reason(clock, receiver, settings):
    delivery = queue(receiver)
    settings.ACCESSFLOW_MFA_WEBHOOKS = []

    webhooks.deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.last_error == "No endpoint with this URL is configured."


@pytest.mark.parametrize(
    ("attempts", "level", "what"),
    [(0, logging.WARNING, "failed"), (MOST_ATTEMPTS - 1, logging.ERROR, "given up")],
)
def test_a_failure_is_a_warning_and_the_last_one_an_error(clock, receiver, caplog, attempts, level, what):
    receiver.answers = [500]
    delivery = queue(receiver, attempts=attempts)

    webhooks.deliver(delivery.pk)

    [record] = [one for one in caplog.records if one.name == "drf_accessflow_mfa.webhooks"]
    attempt = webhooks.Attempt(status=500, error="HTTP 500")
    assert record.levelno == level
    assert record.getMessage() == f"webhook {what} delivery={delivery.pk} attempts={attempts + 1} {attempt}"


@pytest.mark.parametrize(
    ("version", "has_tasks", "is_configured"),
    [
        ((5, 2, 9), True, False),
        ((6, 0), True, True),
        ((6, 0, 1), True, True),
        ((6, 1, 0), True, True),
        ((6, 1, 0), False, False),
    ],
)
def test_tasks_are_used_where_django_has_them_and_the_host_chose_who_runs_them(
    settings, monkeypatch, version, has_tasks, is_configured
):
    monkeypatch.setattr(webhooks, "DJANGO_VERSION", version)
    if has_tasks:
        settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

    assert webhooks.is_task_queue_configured() is is_configured


def test_without_tasks_and_without_the_setting_nothing_is_sent_after_the_commit(
    rita, receiver, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    assert receiver.calls == []
    [attempt] = webhooks.deliver_due(now=timezone.now())
    assert attempt.status == 204
    assert json.loads(receiver.calls[0][2])["kind"] == "mfa.verified"

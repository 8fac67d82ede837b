"""Webhooks: written with the event, sent after the commit, signed, tried again, and given up in the end."""

import json
import socket
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from drf_accessflow_mfa import audit
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.domain.webhook import MOST_ATTEMPTS, SIGNATURE_HEADER, is_genuine_webhook
from drf_accessflow_mfa.models import AuditEvent, WebhookDelivery
from drf_accessflow_mfa.services import prune, webhooks
from drf_accessflow_mfa.services.verify import verify
from tests import asking, people
from tests.receivers import NEW, OLD, receiving
from tests.support.projects import project_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_proxy")]
DAY = timedelta(days=1)
PAYLOAD = {
    "id",
    "kind",
    "occurred_at",
    "outcome",
    "reason",
    "actor",
    "subject",
    "flow",
    "request",
    "verification",
}


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """Run a block with its callbacks after the commit: ``with committing(): ...``."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def guess(someone):
    """Cause one event, ``mfa.failed``."""
    return verify(someone.caller(), someone.wrong_code(), origin=people.ORIGIN)


def only():
    return WebhookDelivery.objects.get()


def send():
    return [attempt.status for attempt in webhooks.deliver_due()]


def test_a_verification_is_delivered_with_a_signature_that_verifies(rita, receiver):
    verified = verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    assert send() == [204]
    ((path, headers, body),) = receiver.calls
    assert path == "/hook"
    assert headers["Content-Type"] == "application/json"
    assert is_genuine_webhook(headers[SIGNATURE_HEADER], body, secrets=[NEW], now=timezone.now())
    assert json.loads(body) == {
        "id": str(only().pk),
        "kind": "mfa.verified",
        "occurred_at": "2026-06-01T12:00:05Z",
        "outcome": "success",
        "reason": "",
        "actor": "rita",
        "subject": "rita",
        "flow": "",
        "request": None,
        "verification": str(verified.verification.pk),
    }
    assert (only().delivered_at, only().next_attempt_at, only().last_status) == (people.NOON, None, 204)
    assert send() == []


def test_while_secrets_rotate_receivers_with_either_one_accept(rita, receiver, settings):
    settings.ACCESSFLOW_MFA_WEBHOOKS = [receiver.entry(secrets=[NEW, OLD])]
    guess(rita)

    send()

    ((_, headers, body),) = receiver.calls
    for secret in (NEW, OLD):
        assert is_genuine_webhook(headers[SIGNATURE_HEADER], body, secrets=[secret], now=timezone.now())


def test_every_transition_of_a_request_is_queued(clock, receiver):
    rita, omar = asking.requester(), asking.approver()
    asking.export(max_extensions=1)
    request = asking.ask(rita)
    asking.decide(omar, request)
    asking.extend(rita, request)
    asking.revoke(omar, request, reason="enough")

    rows = WebhookDelivery.objects.filter(kind__startswith="request.")

    assert {f"request.{kind}" for kind in asking.kinds_of(request)} == {row.kind for row in rows}
    revoked = rows.get(kind="request.revoked").payload
    assert set(revoked) == PAYLOAD
    facts = [revoked[name] for name in ("actor", "subject", "flow", "request", "reason")]
    assert facts == ["omar", "rita", "export", str(request.pk), "enough"]


def test_each_receiver_gets_the_kinds_that_it_wants(rita, receiver, settings):
    other = {**receiver.entry("mfa.verified"), "url": "https://other.example/"}
    settings.ACCESSFLOW_MFA_WEBHOOKS = [receiver.entry("mfa.failed"), other]

    guess(rita)
    verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    rows = WebhookDelivery.objects.values_list("kind", "url")
    assert set(rows) == {("mfa.failed", receiver.url), ("mfa.verified", other["url"])}


def test_no_code_is_in_any_payload(rita, receiver):
    code, wrong = rita.code(), rita.wrong_code()
    guess(rita)
    verify(rita.caller(), code, origin=people.ORIGIN)

    for row in WebhookDelivery.objects.all():
        assert set(row.payload) == PAYLOAD
        assert not {code, wrong} & set(row.payload.values())


def test_other_events_cost_no_statement(receiver, db, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.append(
            EventKind.KEYS_ROTATED, Outcome.SUCCESS, now=people.NOON, origin=Origin(), using="default"
        )


def test_without_webhooks_an_event_costs_one_statement(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.append(EventKind.MFA_FAILED, Outcome.FAILURE, now=people.NOON, origin=Origin(), using="default")


def test_what_is_rolled_back_is_neither_queued_nor_sent(rita, receiver, settings, committing):
    settings.ACCESSFLOW_MFA_WEBHOOKS_SEND_AT_ONCE = True

    with committing(), transaction.atomic():
        audit.append(EventKind.MFA_FAILED, Outcome.FAILURE, now=people.NOON, origin=Origin(), using="default")
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)

    assert not WebhookDelivery.objects.exists()
    assert not AuditEvent.objects.filter(kind="mfa.failed").exists()
    assert send() == []
    assert receiver.calls == []


def test_nothing_is_sent_at_once_unless_the_setting_says_so(rita, receiver, settings, committing):
    with committing():
        guess(rita)
    assert receiver.calls == []

    settings.ACCESSFLOW_MFA_WEBHOOKS_SEND_AT_ONCE = True
    with committing():
        guess(rita)
    assert len(receiver.calls) == 1


def test_a_receiver_that_is_down_does_not_disturb_who_verifies(rita, receiver, settings, committing):
    settings.ACCESSFLOW_MFA_WEBHOOKS_SEND_AT_ONCE = True
    receiver.answers = [500]

    with committing():
        verified = verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    assert verified.verification.pk
    assert only().last_status == 500


def test_after_a_500_it_is_tried_again_when_the_wait_is_over(rita, receiver, clock):
    receiver.answers = [500]
    guess(rita)

    assert send() == [500]
    assert (only().attempts, only().last_status, only().last_error) == (1, 500, "HTTP 500")
    clock.shift(29)
    assert send() == []
    clock.shift(1)
    assert send() == [204]
    assert (only().attempts, only().last_error) == (2, "")
    assert receiver.ids == [str(only().pk)] * 2


def test_after_a_refused_connection_it_is_tried_again(rita, settings, clock):
    with receiving() as receiver:
        settings.ACCESSFLOW_MFA_WEBHOOKS = [receiver.entry()]
    guess(rita)

    assert send() == [None]
    assert "refused" in only().last_error
    assert (only().last_status, only().next_attempt_at) == (None, people.NOON + timedelta(seconds=30))


def test_a_receiver_that_does_not_answer_is_asked_once_a_run_and_others_get_theirs(rita, receiver, settings):
    with receiving() as gone:
        settings.ACCESSFLOW_MFA_WEBHOOKS = [gone.entry(), receiver.entry()]
    guess(rita)
    guess(rita)

    assert sorted(send(), key=str) == [204, 204, None]
    assert sum(row.attempts for row in WebhookDelivery.objects.filter(url=gone.url)) == 1


def test_it_gives_up_after_the_last_attempt(rita, receiver, clock, caplog):
    receiver.answers = [500] * (MOST_ATTEMPTS + 5)
    guess(rita)

    for _ in range(MOST_ATTEMPTS + 5):
        send()
        clock.shift(DAY)

    assert len(receiver.calls) == MOST_ATTEMPTS
    assert (only().next_attempt_at, only().delivered_at) == (None, None)
    assert "given up" in caplog.records[-1].getMessage()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(rita, receiver, status):
    with receiving() as elsewhere:
        receiver.answers, receiver.location = [status], elsewhere.url
        guess(rita)

        assert send() == [status]
        assert elsewhere.calls == []
    assert only().delivered_at is None


def test_a_receiver_that_hangs_is_not_waited_for(rita, settings, monkeypatch):
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}/"
        settings.ACCESSFLOW_MFA_WEBHOOKS = [{"url": url, "secrets": [NEW], "events": ["*"]}]
        guess(rita)

        assert send() == [None]
    assert "timed out" in only().last_error


def test_a_receiver_that_is_no_longer_configured_gets_nothing(rita, receiver, settings):
    guess(rita)
    settings.ACCESSFLOW_MFA_WEBHOOKS = []

    assert send() == [None]
    assert receiver.calls == []


def test_a_url_that_cannot_be_opened_is_a_failure_like_others(rita, receiver, settings):
    settings.ACCESSFLOW_MFA_WEBHOOKS = [{**receiver.entry(), "url": "http://127.0.0.1:port/"}]
    guess(rita)

    assert send() == [None]
    assert "InvalidURL" in only().last_error


def test_what_another_worker_has_claimed_is_left_to_it_until_its_time_is_over(rita, receiver, clock):
    guess(rita)
    webhooks._claim(only().pk, timezone.now(), "default")  # and then that worker dies

    assert webhooks.deliver(only().pk) is None
    assert send() == []
    clock.shift(webhooks.CLAIM)
    assert send() == [204]
    assert only().attempts == 2


def test_a_worker_that_took_too_long_does_not_undo_what_the_next_one_did(rita, receiver, clock):
    guess(rita)
    slow = webhooks._claim(only().pk, timezone.now(), "default")
    clock.shift(webhooks.CLAIM)
    webhooks._claim(slow.pk, timezone.now(), "default")

    webhooks._record(slow, webhooks.Attempt(error="TimeoutError"), timezone.now(), "default")

    assert only().next_attempt_at == timezone.now() + webhooks.CLAIM


def test_the_command_says_how_it_went(rita, receiver, capsys):
    receiver.answers = [500]
    guess(rita)
    guess(rita)

    call_command("accessflow_mfa_deliver_webhooks")
    call_command("accessflow_mfa_deliver_webhooks")

    assert capsys.readouterr().out.splitlines() == ["Delivered 1, failed 1.", "Nothing is due."]


def test_with_watch_the_command_goes_on_until_it_is_interrupted(rita, receiver, capsys, monkeypatch):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        guess(rita)

    monkeypatch.setattr("time.sleep", pause)
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)

    call_command("accessflow_mfa_deliver_webhooks", watch=7)

    assert pauses == [7, 7]
    assert capsys.readouterr().out.splitlines() == ["Delivered 1, failed 0.", "Stopped."]


def test_what_is_over_is_pruned_after_a_while_and_what_is_due_stays(rita, receiver, clock):
    guess(rita)
    send()
    guess(rita)
    clock.shift(31 * DAY)

    assert [(batch.what, batch.count) for batch in prune.prune()] == [("webhook deliveries", 1)]
    assert only().next_attempt_at is not None


def test_two_runs_at_once_send_each_delivery_once(database, tmp_path):
    with receiving() as receiver, project_on(database, directory=tmp_path) as project:
        ids = project.call("tests.webhook_acts.queue", receiver.url, 60)
        runs = [project.start("tests.webhook_acts.send", receiver.entry()) for _ in range(3)]
        outputs = [process.communicate(timeout=120)[0] for process in runs]

        assert [process.returncode for process in runs] == [0, 0, 0], outputs
        assert sorted(receiver.ids) == ids
        assert project.call("tests.webhook_acts.count_open") == 0

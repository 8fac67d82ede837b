"""Send webhooks after the commit, and try again what failed.

A delivery is claimed by one conditional UPDATE that also counts the attempt
and moves the next one beyond the claim: of two workers one sends, and one that
dies leaves a delivery that is due again.
"""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request
from uuid import UUID

from django import VERSION as DJANGO_VERSION
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.webhook import (
    SIGNATURE_HEADER,
    WebhookEndpoint,
    find_next_attempt,
    sign_webhook,
)
from drf_accessflow_mfa.models import WebhookDelivery
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.models.webhook_delivery import LONGEST_ERROR
from drf_accessflow_mfa.services.durable import durably

TIMEOUT_SECONDS = 5
"""For each step of a connection."""
CLAIM = timedelta(minutes=5)
"""How long a worker that claimed a delivery may take, before another one tries."""
BATCH = 100
TASK = "drf_accessflow_mfa.services.webhook_task.send_webhook"
logger = logging.getLogger("drf_accessflow_mfa.webhooks")


class Attempt(NamedTuple):
    """How one attempt went: ``status`` is ``None`` where no answer came."""

    status: int | None = None
    error: str = ""

    @property
    def succeeded(self) -> bool:
        """Tell whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def connect() -> None:
    """Send what is queued, where the settings say through what."""
    signals.webhooks_queued.connect(_on_queued, dispatch_uid="accessflow_mfa_webhooks")


def is_task_queue_configured() -> bool:
    """Tell whether the host has chosen who runs its background tasks (``TASKS``)."""
    return DJANGO_VERSION >= (6, 0) and bool(settings.is_overridden("TASKS"))  # type: ignore[misc] # no stub


def deliver_due(*, batch: int = BATCH, now: datetime | None = None) -> Iterator[Attempt]:
    """Attempt every delivery that is due, the oldest first, and yield how each went.

    A receiver that does not answer is left alone until the next call: the
    others need not wait for each of its time-outs.
    """
    silent: set[str] = set()
    while due := _find_due(batch, now or timezone.now(), without=silent):
        for delivery_id, url in due:
            attempt = None if url in silent else deliver(delivery_id, now=now)
            if attempt is None:
                continue
            if attempt.status is None:
                silent.add(url)
            yield attempt


def deliver(delivery_id: UUID, *, now: datetime | None = None) -> Attempt | None:
    """Attempt one delivery and return how it went; ``None``: it is not due, or another worker has it."""
    delivery = durably(partial(_claim, delivery_id, now or timezone.now()))
    if delivery is None:
        return None
    endpoint = next((one for one in mfa_settings.webhooks if one.url == delivery.url), None)
    if endpoint is None:
        attempt = Attempt(error="No endpoint with this URL is configured.")
    else:
        attempt = _send(delivery, endpoint, now=now or timezone.now())
    durably(partial(_record, delivery, attempt, now or timezone.now()))
    return attempt


def _on_queued(*, deliveries: list[UUID], **kwargs: Any) -> None:
    if mfa_settings.webhooks_send_at_once:
        for delivery_id in deliveries:
            deliver(delivery_id)
    elif is_task_queue_configured():
        task = import_string(TASK)
        for delivery_id in deliveries:
            task.enqueue(str(delivery_id))


def _find_due(batch: int, now: datetime, *, without: set[str]) -> list[tuple[UUID, str]]:
    rows = WebhookDelivery.objects.using(write_alias()).filter(next_attempt_at__lte=now)
    due = rows.exclude(url__in=without).order_by("next_attempt_at")
    return list(due.values_list("pk", "url")[:batch])


def _claim(delivery_id: UUID, now: datetime, using: str) -> WebhookDelivery | None:
    rows = WebhookDelivery.objects.using(using).filter(pk=delivery_id)
    is_claimed = rows.filter(next_attempt_at__lte=now).update(
        attempts=F("attempts") + 1, next_attempt_at=now + CLAIM
    )
    return rows.get() if is_claimed else None


def _record(delivery: WebhookDelivery, attempt: Attempt, now: datetime, using: str) -> None:
    next_attempt_at = None if attempt.succeeded else find_next_attempt(delivery.attempts, now=now)
    # With the count of this claim: a worker that took too long must not undo what the next one did.
    rows = WebhookDelivery.objects.using(using).filter(pk=delivery.pk, attempts=delivery.attempts)
    rows.update(
        delivered_at=now if attempt.succeeded else None,
        next_attempt_at=next_attempt_at,
        last_status=attempt.status,
        last_error=attempt.error[:LONGEST_ERROR],
    )
    if not attempt.succeeded:
        level = logging.ERROR if next_attempt_at is None else logging.WARNING
        what = "given up" if next_attempt_at is None else "failed"
        logger.log(
            level, "webhook %s delivery=%s attempts=%s %s", what, delivery.pk, delivery.attempts, attempt
        )


def _send(delivery: WebhookDelivery, endpoint: WebhookEndpoint, *, now: datetime) -> Attempt:
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "drf-accessflow-mfa",
        SIGNATURE_HEADER: sign_webhook(body, secrets=endpoint.secrets, now=now),
    }
    try:
        request = Request(endpoint.url, data=body, headers=headers, method="POST")  # noqa: S310 - the settings allow http(s) only
        with _opener().open(request, timeout=TIMEOUT_SECONDS) as response:
            status: int = response.status
    except (OSError, HTTPException, ValueError) as error:
        return Attempt(error=f"{type(error).__name__}: {error}")
    return Attempt(status=status, error="" if 200 <= status < 300 else f"HTTP {status}")


def _opener() -> OpenerDirector:
    """Return what opens http and https alone, and follows no redirect: it would carry the event elsewhere."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener

"""Write what webhooks have to tell, in the transaction of the event."""

from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.models import AuditEvent, WebhookDelivery


def queue_webhooks(event: AuditEvent, *, using: str) -> None:
    """Write one delivery for each receiver of an event that was just appended.

    Costs one statement where somebody receives this kind, otherwise none.
    """
    urls = [endpoint.url for endpoint in mfa_settings.webhooks if event.kind in endpoint.kinds]
    if not urls:
        return
    deliveries = [_delivery_of(event, uuid4(), url) for url in urls]
    WebhookDelivery.objects.using(using).bulk_create(deliveries)
    signals.send_after_commit(
        signals.webhooks_queued,
        sender=WebhookDelivery,
        using=using,
        deliveries=[delivery.pk for delivery in deliveries],
    )


def _delivery_of(event: AuditEvent, delivery_id: UUID, url: str) -> WebhookDelivery:
    return WebhookDelivery(
        id=delivery_id,
        kind=event.kind,
        url=url,
        payload={"id": str(delivery_id), **_facts_of(event)},
        created_at=event.occurred_at,
        next_attempt_at=event.occurred_at,
    )


def _facts_of(event: AuditEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "occurred_at": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "outcome": event.outcome,
        "reason": event.reason,
        "actor": event.actor_name,
        "subject": event.subject_name,
        "flow": event.flow,
        "request": _text_of(event.request),
        "verification": _text_of(event.verification),
    }


def _text_of(key: UUID | None) -> str | None:
    return None if key is None else str(key)

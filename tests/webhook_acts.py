"""Deliveries, made and sent in processes of their own."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.models import WebhookDelivery
from drf_accessflow_mfa.services.webhooks import deliver_due


def queue(url, count):
    """Make deliveries that are due."""
    at = timezone.now() - timedelta(seconds=1)
    ids = [uuid4() for _ in range(count)]
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            id=one, kind="mfa.verified", url=url, payload={"id": str(one)}, created_at=at, next_attempt_at=at
        )
        for one in ids
    )
    return sorted(map(str, ids))


def send(entry):
    """Send what is due, and return how many this process sent."""
    settings.ACCESSFLOW_MFA_WEBHOOKS = [entry]
    mfa_settings.forget()
    return len(list(deliver_due()))


def count_open():
    """Count what is not delivered with one attempt."""
    return WebhookDelivery.objects.exclude(attempts=1, delivered_at__isnull=False).count()

"""Webhooks to send, being sent, and sent."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from drf_accessflow_mfa.domain.events import EventKind
from drf_accessflow_mfa.domain.webhook import LONGEST_URL

LONGEST_ERROR = 200


class WebhookDelivery(models.Model):
    """One event for one receiver, written in the transaction of the event.

    Due while ``next_attempt_at`` is set and past. It is ``None`` once the
    delivery is over: delivered, or given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(
        _("kind"), max_length=40, choices=[(kind.value, kind.value) for kind in EventKind]
    )
    url = models.CharField(_("URL"), max_length=LONGEST_URL)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(pgettext_lazy("mfa", "created at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    last_status = models.PositiveSmallIntegerField(_("last status"), null=True)
    last_error = models.CharField(_("last error"), max_length=LONGEST_ERROR, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("next_attempt_at",), name="accessflow_webhook_due"),
            models.Index(fields=("created_at",), name="accessflow_webhook_time"),
        )
        constraints = (
            models.CheckConstraint(
                name="accessflow_webhook_over",
                condition=models.Q(delivered_at__isnull=True) | models.Q(next_attempt_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.url}"

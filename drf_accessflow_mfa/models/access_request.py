"""Access requests: who asked for access under a flow, and what became of it."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from drf_accessflow_mfa.domain.grants import GrantState
from drf_accessflow_mfa.domain.lifecycle import OPEN, STORED, Status, Timeline
from drf_accessflow_mfa.models.access_flow import AccessFlow
from drf_accessflow_mfa.models.verification import Verification

STORED_VALUES = sorted(status.value for status in STORED)
OPEN_VALUES = sorted(status.value for status in STORED & OPEN)


class AccessRequest(models.Model):
    """Someone asks for time-bound access under a flow.

    ``decided`` is the last decision. Where the request stands now follows
    from it and from the times: see ``domain.lifecycle.status_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flow = models.ForeignKey(
        AccessFlow,
        on_delete=models.PROTECT,
        related_name="requests",
        db_index=False,
        verbose_name=_("access flow"),
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("requester"),
    )
    justification = models.TextField(_("justification"), blank=True)
    duration = models.DurationField(_("duration"))
    verification = models.ForeignKey(
        Verification,
        on_delete=models.SET_NULL,
        null=True,
        related_name="opened_requests",
        verbose_name=_("verification"),
    )
    created_at = models.DateTimeField(pgettext_lazy("mfa", "created at"))
    expires_at = models.DateTimeField(pgettext_lazy("mfa", "expires at"))
    decided = models.CharField(
        _("decided"),
        max_length=20,
        choices=[(value, value) for value in STORED_VALUES],
        default=Status.PENDING_APPROVAL.value,
    )
    starts_at = models.DateTimeField(_("starts at"), null=True)
    ends_at = models.DateTimeField(_("ends at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closing_reason = models.TextField(_("closing reason"), blank=True)
    grant_state = models.CharField(
        _("grant"),
        max_length=16,
        blank=True,
        default=GrantState.NONE.value,
        choices=[(state.value, state.name.lower()) for state in GrantState],
    )
    grant_failures = models.PositiveIntegerField(_("failures of the grant"), default=0)
    grant_error = models.CharField(_("last error of the grant"), max_length=200, blank=True)
    grant_claimed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        ordering = ("-created_at", "-id")
        permissions = (("revoke_accessrequest", "Can revoke access request"),)
        indexes = (
            models.Index(fields=("requester", "flow", "ends_at"), name="accessflow_request_access"),
            models.Index(fields=("requester", "created_at", "id"), name="accessflow_request_mine"),
            models.Index(fields=("flow", "created_at", "id"), name="accessflow_request_flow"),
            models.Index(fields=("created_at", "id"), name="accessflow_request_time"),
            models.Index(fields=("decided", "ends_at"), name="accessflow_request_ending"),
            models.Index(fields=("decided", "expires_at"), name="accessflow_request_expiring"),
            models.Index(fields=("grant_state", "ends_at"), name="accessflow_request_grant"),
        )
        constraints = (
            models.CheckConstraint(name="accessflow_request_decided", condition=Q(decided__in=STORED_VALUES)),
            models.CheckConstraint(name="accessflow_request_length", condition=Q(duration__gt=timedelta(0))),
            models.CheckConstraint(
                name="accessflow_request_times",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="accessflow_request_pending",
                condition=~Q(decided=Status.PENDING_APPROVAL.value) | Q(starts_at__isnull=True),
            ),
            models.CheckConstraint(
                name="accessflow_request_closed",
                condition=Q(decided__in=OPEN_VALUES, closed_at__isnull=True)
                | (~Q(decided__in=OPEN_VALUES) & Q(closed_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def timeline(self) -> Timeline:
        """Return what decides the status at any moment."""
        return Timeline(
            decided=Status(self.decided),
            expires_at=self.expires_at,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )

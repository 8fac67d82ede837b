"""What was decided about access requests, and how they were extended: appended, never edited."""

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.models.access_request import AccessRequest
from drf_accessflow_mfa.models.verification import Verification


class Decision(StrEnum):
    """What an approver says to a request."""

    APPROVE = "approve"
    REJECT = "reject"


class AccessDecision(models.Model):
    """What one person decided about one request; nobody decides twice."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(
        AccessRequest, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("access request")
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("decider"),
    )
    decider_name = models.CharField(_("decider's name"), max_length=254)
    decision = models.CharField(
        _("decision"), max_length=16, choices=[(choice.value, choice.value) for choice in Decision]
    )
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    verification = models.ForeignKey(
        Verification, on_delete=models.SET_NULL, null=True, related_name="decisions"
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("request", "decider"), name="accessflow_decides_once"),
            models.CheckConstraint(
                name="accessflow_decision_kind",
                condition=Q(decision__in=[choice.value for choice in Decision]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision} by {self.decider_name}"


class AccessExtension(models.Model):
    """One extension of one request, by its requester."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(
        AccessRequest, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("access request")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    duration = models.DurationField(_("duration"))
    ends_at = models.DateTimeField(_("ends at"))
    extended_at = models.DateTimeField(_("extended at"))
    verification = models.ForeignKey(
        Verification, on_delete=models.SET_NULL, null=True, related_name="extensions"
    )

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("request", "number"), name="accessflow_extension_number"),
            models.CheckConstraint(
                name="accessflow_extension_length", condition=Q(duration__gt=timedelta(0))
            ),
        )

    def __str__(self) -> str:
        return f"extension {self.number} until {self.ends_at}"

"""Verifications: the fact that a user passed a second factor at a moment."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.methods import Method


class Verification(models.Model):
    """One passed second factor, tied to a credential, a device and a password.

    It is appended and never edited, but for being revoked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    credential = models.CharField(_("credential"), max_length=32)
    binding = models.CharField(max_length=64, editable=False)
    password_stamp = models.CharField(max_length=64, editable=False)
    device = models.CharField(_("device"), max_length=128)
    method = models.CharField(
        _("method"), max_length=32, choices=[(method.value, method.value) for method in Method]
    )
    acr = models.CharField(_("strength"), max_length=64, choices=[(acr.value, acr.value) for acr in Acr])
    verified_at = models.DateTimeField(_("verified at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        indexes = (
            models.Index(fields=("user", "verified_at"), name="accessflow_verif_user_time"),
            models.Index(fields=("verified_at",), name="accessflow_verif_time"),
        )

    def __str__(self) -> str:
        return str(self.pk)

    def __repr__(self) -> str:
        return f"<Verification {self.pk} of user {self.user_id}>"

"""Resets that a second administrator has to confirm."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PendingReset(models.Model):
    """Somebody asked to reset a user's second factor; it is gone once decided."""

    id = models.BigAutoField(primary_key=True)
    subject = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("requested by")
    )
    reason = models.CharField(_("reason"), max_length=200)
    requested_at = models.DateTimeField(_("requested at"))
    expires_at = models.DateTimeField(pgettext_lazy("mfa", "expires at"))

    class Meta:
        verbose_name = _("pending reset")
        verbose_name_plural = _("pending resets")
        ordering = ("requested_at", "id")
        permissions = (("reset_mfa", "Can reset the second factor of others"),)

    def __str__(self) -> str:
        return f"reset {self.pk}"

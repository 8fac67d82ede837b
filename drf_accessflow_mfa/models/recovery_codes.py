"""Recovery codes: look-up secrets for the day the phone is gone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.models.own_device import OwnDevice


class RecoveryCodes(OwnDevice):
    """A user's set of recovery codes; a new set replaces the old one."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    generated_at = models.DateTimeField(_("generated at"), editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("set of recovery codes")
        verbose_name_plural = _("sets of recovery codes")
        constraints = (models.UniqueConstraint(fields=("user",), name="accessflow_one_recovery_set"),)

    def __str__(self) -> str:
        return str(self.name)


class RecoveryCode(models.Model):
    """One code, as a keyed hash: 120 bits need no slow hash (OWASP ASVS 6.5.2)."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(RecoveryCodes, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    key_id = models.CharField(max_length=8, editable=False)
    used_at = models.DateTimeField(_("used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")

    def __str__(self) -> str:
        return f"recovery code {self.pk}"

    def __repr__(self) -> str:
        return f"<RecoveryCode {self.pk}>"

"""Attempt budgets: one row a user, which is also the lock on their factors."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AttemptBudget(models.Model):
    """How many wrong codes a user has sent.

    Recovery codes count apart, so that guessing codes never closes the way
    out. Times are POSIX seconds, oldest first, of the last 24 hours only.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    codes_in_a_row = models.PositiveIntegerField(_("wrong codes in a row"), default=0)
    codes_recent = models.JSONField(_("recent wrong codes"), default=list)
    recovery_in_a_row = models.PositiveIntegerField(_("wrong recovery codes in a row"), default=0)
    recovery_recent = models.JSONField(_("recent wrong recovery codes"), default=list)
    lock_mailed_at = models.DateTimeField(_("told about a lock at"), null=True, editable=False)
    spent = models.JSONField(_("codes spent lately"), default=list)

    class Meta:
        verbose_name = _("attempt budget")
        verbose_name_plural = _("attempt budgets")

    def __str__(self) -> str:
        return f"{self.pk}: {self.codes_in_a_row} codes, {self.recovery_in_a_row} recovery codes"

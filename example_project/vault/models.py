"""What people write into a vault."""

from django.conf import settings
from django.db import models


class VaultReader(models.Model):
    """Somebody who may read a vault for a while, on databases without roles."""

    access_request = models.UUIDField(unique=True)
    username = models.CharField(max_length=150)
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "vault readers"

    def __str__(self) -> str:
        return f"{self.username} until {self.until}"


class VaultEntry(models.Model):
    """One note that somebody left in the vault of a flow."""

    flow = models.SlugField(max_length=100)
    note = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "vault entries"

    def __str__(self) -> str:
        return f"{self.flow}: {self.note}"

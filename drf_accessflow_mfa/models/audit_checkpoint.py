"""Checkpoints of the audit log: signed, each holding the one before."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.domain.trail import canonical_bytes

_PURPOSE = "audit checkpoint"
_TOMBSTONE_PURPOSE = "audit tombstone"


class AuditCheckpoint(models.Model):
    """Which events there were, and what stood in them, when they were sealed.

    ``members`` holds the id and the digest of each event. Ids have gaps, and
    a transaction can commit late with a lower id than those sealed already:
    what is sealed are the members, never the range. ``late_ids`` are those
    below the range. Once pruned, ``members`` is empty and the row is the
    signed tombstone of its events.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    sealed_at = models.DateTimeField(_("sealed at"))
    after_id = models.BigIntegerField(_("after event"))
    last_id = models.BigIntegerField(_("up to event"))
    event_count = models.PositiveIntegerField(_("events"))
    newest_at = models.DateTimeField(_("newest event at"))
    root = models.CharField(max_length=64, editable=False)
    members = models.BinaryField(editable=False)
    late_ids = models.JSONField(default=list, editable=False)
    previous = models.CharField(max_length=64, blank=True, editable=False)
    key_id = models.CharField(max_length=8, editable=False)
    signature = models.CharField(max_length=64, editable=False)
    pruned_at = models.DateTimeField(_("pruned at"), null=True)
    tombstone_key_id = models.CharField(max_length=8, blank=True, editable=False)
    tombstone = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("audit checkpoint")
        verbose_name_plural = _("audit checkpoints")
        ordering = ("number",)
        indexes = (
            models.Index(fields=("sealed_at",), name="accessflow_checkpoint_time"),
            models.Index(fields=("pruned_at", "number"), name="accessflow_checkpoint_pruned"),
        )

    def __str__(self) -> str:
        return f"checkpoint {self.number}"

    @property
    def digest(self) -> str:
        """Return what the next checkpoint holds of this one: 64 hex digits."""
        return hashlib.sha256(self._content() + self.signature.encode()).hexdigest()

    def sign(self) -> None:
        """Sign this checkpoint with the newest key."""
        self.key_id, self.signature = crypto.sign(_PURPOSE, self._content())

    def is_genuine(self) -> bool:
        """Tell whether its own signature, by a configured key, covers it."""
        return crypto.is_signature_of(self._content(), _PURPOSE, key_id=self.key_id, signature=self.signature)

    def sign_tombstone(self) -> None:
        """Sign that the events of this checkpoint were pruned on purpose."""
        self.tombstone_key_id, self.tombstone = crypto.sign(_TOMBSTONE_PURPOSE, self._pruned_content())

    def is_tombstone_genuine(self) -> bool:
        """Tell whether a configured key signed that its events were pruned."""
        return crypto.is_signature_of(
            self._pruned_content(),
            _TOMBSTONE_PURPOSE,
            key_id=self.tombstone_key_id,
            signature=self.tombstone,
        )

    def _content(self) -> bytes:
        names = ("number", "sealed_at", "after_id", "last_id", "event_count", "newest_at", "root", "previous")
        return canonical_bytes({name: getattr(self, name) for name in (*names, "late_ids")})

    def _pruned_content(self) -> bytes:
        return canonical_bytes({"checkpoint": self.digest, "pruned_at": self.pruned_at})

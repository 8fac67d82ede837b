"""The audit log: appended, never edited."""

from typing import Any, Never

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.domain.events import EventKind, Outcome, Source
from drf_accessflow_mfa.domain.trail import EVENT_FIELDS
from drf_accessflow_mfa.models.audit_mac import mac_of


class AuditEventIsImmutable(TypeError):
    """Somebody tried to change or delete what has been logged."""

    def __init__(self) -> None:
        super().__init__("Audit events are appended; they are never changed or deleted.")


class AuditEventQuerySet(models.QuerySet):  # type: ignore[type-arg] # takes none at run time
    """Reads, and appends through ``create`` and ``bulk_create`` alone."""

    def _refuse(self, *args: Any, **kwargs: Any) -> Never:
        raise AuditEventIsImmutable

    update = bulk_update = delete = update_or_create = _refuse
    aupdate = abulk_update = adelete = aupdate_or_create = _refuse
    update.queryset_only = delete.queryset_only = False  # type: ignore[attr-defined]

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Append several events, each signed; none in the place of another."""
        if kwargs.get("update_conflicts") or kwargs.get("ignore_conflicts"):
            raise AuditEventIsImmutable
        events = list(objs)
        for event in events:
            event.sign()
        return super().bulk_create(events, *args, **kwargs)


class AuditEvent(models.Model):
    """Who did what, when, with what outcome.

    The users are kept by key and by name, without a database constraint: the
    log outlives the accounts that it speaks of, and lists need no join.
    """

    id = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    kind = models.CharField(
        _("kind"), max_length=40, choices=[(kind.value, kind.value) for kind in EventKind]
    )
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=[(outcome.value, outcome.value) for outcome in Outcome]
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    actor_name = models.CharField(_("actor's name"), max_length=254, blank=True)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("subject"),
    )
    subject_name = models.CharField(_("subject's name"), max_length=254, blank=True)
    flow = models.CharField(_("access flow"), max_length=100, blank=True)
    request = models.UUIDField(_("access request"), null=True)
    verification = models.UUIDField(_("verification"), null=True)
    device = models.CharField(_("device"), max_length=128, blank=True)
    method = models.CharField(_("method"), max_length=32, blank=True)
    credential = models.CharField(_("credential"), max_length=32, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    user_agent = models.CharField(_("user agent"), max_length=256, blank=True)
    source = models.CharField(
        _("source"), max_length=16, choices=[(source.value, source.value) for source in Source]
    )
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    mac = models.CharField(max_length=56, blank=True, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-occurred_at", "-id")
        indexes = (
            models.Index(fields=("occurred_at", "id"), name="accessflow_audit_time"),
            models.Index(fields=("subject", "occurred_at", "id"), name="accessflow_audit_subject"),
            models.Index(fields=("actor", "occurred_at", "id"), name="accessflow_audit_actor"),
            models.Index(fields=("flow", "occurred_at", "id"), name="accessflow_audit_flow"),
            models.Index(fields=("kind", "occurred_at", "id"), name="accessflow_audit_kind"),
            models.Index(fields=("outcome", "occurred_at", "id"), name="accessflow_audit_outcome"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append this event; a second save is refused."""
        if not self._state.adding:
            raise AuditEventIsImmutable
        self.sign()
        # Forced: with the key of a logged event, an UPDATE would replace it.
        super().save(force_insert=True, using=kwargs.get("using"))

    def sign(self) -> None:
        """Sign the columns of this event, so that nobody without the keys can make one."""
        self.mac = mac_of({name: getattr(self, name) for name in EVENT_FIELDS})

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refuse."""
        raise AuditEventIsImmutable

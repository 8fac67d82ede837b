"""Rows to read: devices, verifications, budgets and the log."""

from django.contrib import admin

from drf_accessflow_mfa.admin.base import ReadOnlyAdmin
from drf_accessflow_mfa.models import (
    AttemptBudget,
    AuditEvent,
    AuthenticatorApp,
    RecoveryCodes,
    Verification,
    WebhookDelivery,
)


@admin.register(AuthenticatorApp)
class AuthenticatorAppAdmin(ReadOnlyAdmin):
    """Authenticator apps, without their secrets."""

    list_display = ("user", "name", "confirmed", "created_at", "last_used_at")
    list_filter = ("confirmed",)
    search_fields = ("name",)
    fields = ("user", "name", "confirmed", "created_at", "confirmed_at", "last_used_at")


@admin.register(RecoveryCodes)
class RecoveryCodesAdmin(ReadOnlyAdmin):
    """Sets of recovery codes, without the codes."""

    list_display = ("user", "generated_at", "last_used_at")
    fields = ("user", "generated_at", "last_used_at")


@admin.register(AttemptBudget)
class AttemptBudgetAdmin(ReadOnlyAdmin):
    """Who sent wrong codes."""

    list_display = ("user", "codes_in_a_row", "recovery_in_a_row")


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    """Who passed a second factor, when, through what."""

    list_display = ("verified_at", "user", "method", "credential", "device", "revoked_at")
    list_filter = ("method", "credential")
    list_select_related = ("user",)
    ordering = ("-verified_at",)
    fields = ("id", "user", "credential", "device", "method", "acr", "verified_at", "revoked_at")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit log."""

    list_display = (
        "occurred_at",
        "kind",
        "outcome",
        "reason",
        "actor_name",
        "subject_name",
        "flow",
        "method",
        "source",
        "ip",
    )
    list_filter = ("kind", "outcome", "source")
    search_fields = ("=actor_name", "=subject_name", "=flow")
    show_full_result_count = False
    exclude = ("actor", "subject")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Webhooks: what is due, what was delivered, what was given up."""

    list_display = ("created_at", "kind", "url", "attempts", "next_attempt_at", "delivered_at", "last_status")
    list_filter = ("kind", "last_status")
    search_fields = ("=id", "=url")
    show_full_result_count = False

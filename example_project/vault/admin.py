"""The vault's entries in the admin."""

from django.contrib import admin

from example_project.vault.models import VaultEntry


@admin.register(VaultEntry)
class VaultEntryAdmin(admin.ModelAdmin):
    """Entries, newest first."""

    list_display = ["created_at", "flow", "note", "created_by"]
    list_filter = ["flow"]
    ordering = ["-created_at"]

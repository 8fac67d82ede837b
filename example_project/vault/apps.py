"""The vault's app configuration."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The guarded app of the example."""

    name = "example_project.vault"
    label = "vault"

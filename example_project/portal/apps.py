"""The portal's app configuration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages of the example for people."""

    name = "example_project.portal"
    label = "portal"

"""What a device asks of the layers above it, through the app's configuration."""

from typing import TYPE_CHECKING, cast

from django.apps import apps

if TYPE_CHECKING:
    from drf_accessflow_mfa.apps import AccessFlowMFAConfig


def app_config() -> "AccessFlowMFAConfig":
    """Return the configuration of this app."""
    return cast("AccessFlowMFAConfig", apps.get_app_config("drf_accessflow_mfa"))

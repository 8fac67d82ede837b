"""System checks: every setting, and what the host has to provide."""

from django.core.checks import Tags
from django.core.checks import register as register_check

from drf_accessflow_mfa.checks.bindings import check_bindings
from drf_accessflow_mfa.checks.host import check_credentials, check_deployment, check_host
from drf_accessflow_mfa.checks.values import check_settings

__all__ = [
    "check_bindings",
    "check_credentials",
    "check_deployment",
    "check_host",
    "check_settings",
    "register",
]


def register() -> None:
    """Register the checks with Django."""
    register_check(check_settings, "security")
    register_check(check_host, "security")
    register_check(check_credentials, "security")
    register_check(check_bindings, Tags.database)
    register_check(check_deployment, "security", deploy=True)

"""The Django app."""

from typing import Any

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class AccessFlowMFAConfig(AppConfig):
    """Step-up MFA for flagged access flows."""

    name = "drf_accessflow_mfa"
    verbose_name = _("Access flows and MFA")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers, register the system checks, stand before django-otp's devices.

        And let the lines of the access log through: ``LOGGING`` is configured before.
        """
        from drf_accessflow_mfa import checks
        from drf_accessflow_mfa.devices.bare_calls import lead_bare_calls_through_our_door
        from drf_accessflow_mfa.services import mail, passages, user_life, webhooks

        checks.register()
        user_life.connect()
        mail.connect()
        webhooks.connect()
        passages.let_lines_through()
        lead_bare_calls_through_our_door()
        if apps.is_installed("drf_spectacular"):
            from drf_accessflow_mfa import openapi  # noqa: F401 - registers its extensions

    def verify_for_django_otp(self, device: Any, token: object) -> bool:
        """Verify a code for django-otp's forms and admin, which know only the device."""
        from drf_accessflow_mfa.services.django_otp_door import verify_bare

        return verify_bare(device, token)

    def match_for_django_otp(self, user: Any, token: object) -> Any:
        """Return the one of a user's devices that accepts a code, for django-otp's ``match_token``."""
        from drf_accessflow_mfa.services.django_otp_door import match_bare

        return match_bare(user, token)

    def verify_is_allowed(self, device: Any) -> tuple[bool, dict[str, Any] | None]:
        """Tell django-otp whether the attempt budget allows another code."""
        from drf_accessflow_mfa.services.django_otp_door import is_allowed

        return is_allowed(device)

"""A mail server that hangs would hold requests: a check asks for a time limit, in old and new settings."""

import django
import pytest

from drf_accessflow_mfa import checks
from drf_accessflow_mfa.checks.host import SMTP

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
HAS_MAILERS = django.VERSION >= (6, 1)


@pytest.fixture
def configure(settings):
    """Choose a back end and its time limit, as this version of Django has them."""
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["k" * 32]

    def choose(backend, timeout):
        if HAS_MAILERS:
            settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"timeout": timeout}}}
        else:
            settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = backend, timeout

    return choose


def found():
    return [message.id for message in checks.check_deployment()]


@pytest.mark.parametrize(
    ("backend", "timeout", "expected"),
    [(SMTP, None, ["accessflow_mfa.W004"]), (SMTP, 5, []), (LOCMEM, None, [])],
)
def test_smtp_without_a_time_limit_is_a_warning(configure, backend, timeout, expected):
    configure(backend, timeout)

    assert found() == expected


def test_whoever_sends_no_mail_needs_no_time_limit(configure, settings):
    configure(SMTP, None)
    settings.ACCESSFLOW_MFA_EMAIL = False

    assert found() == []

"""What a process that only guards does not load, and what keeps the keys."""

import subprocess
import sys

import pytest

from drf_accessflow_mfa.crypto import MasterKey
from drf_accessflow_mfa.domain.webhook import WebhookEndpoint

ONLY_FOR_VERIFYING = ("cryptography", "pyotp", "segno", "drf_accessflow_mfa.credentials.session_rows")
START = """
import sys
from django.conf import settings
settings.configure(
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "rest_framework", "django_otp", "django_otp.plugins.otp_totp", "drf_accessflow_mfa",
    ],
    SECRET_KEY="for this test only",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
import django
django.setup()
import drf_accessflow_mfa.permissions
import drf_accessflow_mfa.middleware
print(*sys.modules)
"""


def test_a_process_that_only_guards_loads_nothing_that_only_a_verification_needs():
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()

    assert "drf_accessflow_mfa.permissions" in loaded
    assert [name for name in ONLY_FOR_VERIFYING if name in loaded] == []


@pytest.mark.parametrize("kind", [MasterKey, WebhookEndpoint])
def test_what_holds_keys_and_secrets_of_the_configuration_is_no_tuple(kind):
    """A reporter of errors takes tuples apart, whatever their representation hides."""
    assert not issubclass(kind, tuple)

"""The settings of an installation with doors of its own: ``host.py``; e-mail devices count, too.

Its cache is gone for good: nothing here may need one.
"""

from tests.support.settings_with_email import *  # noqa: F403
from tests.support.settings_with_email import MIDDLEWARE as MIDDLEWARE_WITHOUT_OTP

ROOT_URLCONF = "tests.support.host"
_AUTHENTICATED = "django.contrib.auth.middleware.AuthenticationMiddleware"
MIDDLEWARE = [
    entry
    for known in MIDDLEWARE_WITHOUT_OTP
    for entry in ([known, "django_otp.middleware.OTPMiddleware"] if known == _AUTHENTICATED else [known])
]
CACHES = {"default": {"BACKEND": "tests.support.gone_cache.GoneCache"}}

"""The example's settings, with django-otp's e-mail devices counting as second factors too."""

import django

from drf_accessflow_mfa.defaults import DEFAULTS
from example_project.settings import *  # noqa: F403

ACCESSFLOW_MFA_DEVICE_MODELS = {**DEFAULTS["DEVICE_MODELS"], "otp_email.EmailDevice": "otp"}
DUMMY = "django.core.mail.backends.dummy.EmailBackend"
if django.VERSION < (6, 1):
    EMAIL_BACKEND = DUMMY
else:
    MAILERS = {"default": {"BACKEND": DUMMY}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}

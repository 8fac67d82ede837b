"""The example's settings, with django-otp's counting devices as second factors too."""

from drf_accessflow_mfa.defaults import DEFAULTS
from example_project.settings import *  # noqa: F403
from example_project.settings import INSTALLED_APPS as INSTALLED_IN_THE_EXAMPLE

INSTALLED_APPS = [*INSTALLED_IN_THE_EXAMPLE, "django_otp.plugins.otp_hotp"]
ACCESSFLOW_MFA_DEVICE_MODELS = {**DEFAULTS["DEVICE_MODELS"], "otp_hotp.HOTPDevice": "otp"}

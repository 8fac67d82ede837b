"""What the package needs around it."""

import warnings
from collections.abc import Iterator
from typing import Any

import rest_framework
from django import VERSION as DJANGO_VERSION
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning
from django.utils.module_loading import import_string

from drf_accessflow_mfa.checks.values import SHORTEST_KEY
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.defaults import PREFIX
from drf_accessflow_mfa.passages import are_passages_noted
from drf_accessflow_mfa.services.passages import access_log

MIDDLEWARE = "drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware"
CREDENTIALS = "drf_accessflow_mfa.credentials"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
JWT_BLACKLIST = "rest_framework_simplejwt.token_blacklist"


def check_host(app_configs: Any = None, **kwargs: Any) -> Iterator[CheckMessage]:
    """Check what the package needs around it."""
    if MIDDLEWARE not in settings.MIDDLEWARE:
        yield Warning(
            "Refused requests are not written to the audit log.",
            hint=f"Add {MIDDLEWARE!r} to MIDDLEWARE, after AuthenticationMiddleware.",
            id="accessflow_mfa.W002",
        )
    if not settings.USE_TZ:
        yield Error(
            "drf_accessflow_mfa needs USE_TZ = True: without it no code can be accepted.",
            hint="Set USE_TZ = True, which is Django's default. TIME_ZONE may be whatever you like.",
            id="accessflow_mfa.E017",
        )
    if DJANGO_VERSION >= (6, 1) and _drf_version() < (3, 18):
        yield Error(
            "Django 6.1 needs djangorestframework 3.18 or newer.",
            hint="Upgrade djangorestframework.",
            id="accessflow_mfa.E002",
        )


def check_credentials(app_configs: Any = None, **kwargs: Any) -> Iterator[CheckMessage]:
    """Check that tokens of other packages tell which log-in they come from."""
    if apps.is_installed("rest_framework_simplejwt") or apps.is_installed(JWT_BLACKLIST):
        yield from _check_simplejwt(import_string("rest_framework_simplejwt.settings.api_settings"))
    if apps.is_installed("oauth2_provider"):
        settings_of_toolkit = import_string("oauth2_provider.settings.oauth2_settings")
        family_validator = import_string(f"{CREDENTIALS}.oauth2_validator.FamilyValidator")
        if not issubclass(settings_of_toolkit.OAUTH2_VALIDATOR_CLASS, family_validator):
            yield Info(
                "Each guarded request with an OAuth2 token costs two SQL statements instead of one.",
                hint="Set OAUTH2_PROVIDER['OAUTH2_VALIDATOR_CLASS'] to "
                f"'{CREDENTIALS}.oauth2_validator.FamilyValidator', or let yours inherit from it.",
                id="accessflow_mfa.I001",
            )


def _check_simplejwt(simple_jwt: Any) -> Iterator[CheckMessage]:
    login = f"{CREDENTIALS}.simplejwt_login"
    obtain = import_string(simple_jwt.TOKEN_OBTAIN_SERIALIZER)
    refresh = import_string(simple_jwt.TOKEN_REFRESH_SERIALIZER)
    if not issubclass(obtain, import_string(f"{login}.FamilyMixin")):
        yield Warning(
            "What a user verifies with a JWT ends with that access token, and log-out does not end it.",
            hint=f"Set SIMPLE_JWT['TOKEN_OBTAIN_SERIALIZER'] to '{login}.TokenObtainPairSerializer', put "
            "FamilyMixin before yours, or wrap what you issue with with_family() and silence this.",
            id="accessflow_mfa.W020",
        )
    if (
        simple_jwt.ISSUER
        and mfa_settings._get("TRUSTED_ISSUERS")
        and simple_jwt.ISSUER not in mfa_settings._get("TRUSTED_ISSUERS")
    ):
        yield Warning(
            f"No token can come from a trusted issuer: simplejwt accepts {simple_jwt.ISSUER!r} alone.",
            hint=f"Name it in {PREFIX}TRUSTED_ISSUERS as it stands in the claim iss, letter by letter.",
            id="accessflow_mfa.W022",
        )
    replaces = simple_jwt.ROTATE_REFRESH_TOKENS and simple_jwt.BLACKLIST_AFTER_ROTATION
    if replaces and not issubclass(refresh, import_string(f"{login}.TokenRefreshSerializer")):
        yield Warning(
            "Each refresh of a JWT ends what was verified, as a log-out does.",
            hint=f"Set SIMPLE_JWT['TOKEN_REFRESH_SERIALIZER'] to '{login}.TokenRefreshSerializer', or let "
            "yours inherit from it.",
            id="accessflow_mfa.W021",
        )


def check_deployment(app_configs: Any = None, **kwargs: Any) -> Iterator[CheckMessage]:
    """Check what is harmless in development and is not in production."""
    if mfa_settings._get("EMAIL") is True and _may_hang_on_mail():
        yield Warning(
            "A mail server that hangs would hold the requests that tell users about their second factor.",
            hint="Set EMAIL_TIMEOUT, or the option 'timeout' of MAILERS where there is one, to some seconds; "
            f"or {PREFIX}EMAIL to False.",
            id="accessflow_mfa.W004",
        )
    yield from _check_access_log()
    if getattr(settings, PREFIX + "ENCRYPTION_KEYS", None) is None:
        yield Warning(
            "The secrets of authenticator apps are sealed with a key derived from SECRET_KEY.",
            hint=f"Set {PREFIX}ENCRYPTION_KEYS to a list of random strings of {SHORTEST_KEY} characters or "
            "more, newest first, kept apart from the database.",
            id="accessflow_mfa.W003",
        )


def _check_access_log() -> Iterator[CheckMessage]:
    if not are_passages_noted():
        yield Warning(
            "Nothing tells which verification let a request through: no handler gets the line.",
            hint=f"Give the logger {access_log.name!r} a handler of level INFO in LOGGING, or set "
            f"{PREFIX}RECORD_ACCESS to True.",
            id="accessflow_mfa.W006",
        )


def _may_hang_on_mail() -> bool:
    mailers = getattr(settings, "MAILERS", None)
    if mailers is None:
        return _is_smtp(_read("EMAIL_BACKEND")) and _read("EMAIL_TIMEOUT") is None
    mailer = mailers.get("default", {})
    return _is_smtp(mailer.get("BACKEND", SMTP)) and mailer.get("OPTIONS", {}).get("timeout") is None


def _is_smtp(backend: str) -> bool:
    return backend.endswith("smtp.EmailBackend")


def _read(name: str) -> Any:
    """Return a setting that Django 6.1 warns of, which is said once by Django's own checks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(settings, name)


def _drf_version() -> tuple[int, ...]:
    return tuple(int(part) for part in rest_framework.VERSION.split(".")[:2])

"""Settings of the example project; the environment chooses database, port and hardening.

DATABASE_URL            sqlite:///..., postgresql://... or mysql://...
PORT                    where `make demo` and `make serve` listen
DJANGO_SECRET_KEY       must be set wherever strangers can reach the project
DJANGO_ALLOWED_HOSTS    separated by commas
MFA_ENCRYPTION_KEYS     separated by commas, newest first; default: from the secret key
DJANGO_HTTPS            1 behind TLS: secure cookies, HSTS, redirects
DEMO_PASSWORD           what `seed_demo` gives to new users
"""

import os
import sys
from pathlib import Path

import dj_database_url
import django

BASE_DIR = Path(__file__).resolve().parent
UNDER_TEST = "pytest" in sys.modules or os.environ.get("EXAMPLE_UNDER_TEST") == "1"
BEHIND_HTTPS = os.environ.get("DJANGO_HTTPS") == "1"

DEBUG = False
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "django-insecure-example-only-" + "0123456789" * 3)
ALLOWED_HOSTS = os.environ.get("DJANGO_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PORT = int(os.environ.get("PORT", "8000"))
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD", "accessflow-demo")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_email",
    "knox",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "example_project.portal",
    "drf_accessflow_mfa",
    "example_project.vault",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "example_project.portal.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware",
    "drf_accessflow_mfa.middleware.GuardedRoutesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": {
        **dj_database_url.parse(
            os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}",
            conn_max_age=60,
            conn_health_checks=True,
        ),
        "ATOMIC_REQUESTS": True,
    }
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL",
        # A request transaction that reads before it writes fails at once where another one
        # has written meanwhile; so it takes the lock first.
        "transaction_mode": "IMMEDIATE",
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if UNDER_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français"), ("ar", "العربية")]

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = UNDER_TEST  # spares every test client a walk over all static files

LOGIN_URL = "portal:sign-in"
LOGIN_REDIRECT_URL = "portal:vaults"

SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_HTTPS
SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
X_FRAME_OPTIONS = "DENY"

MAIL_TIMEOUT = 5  # seconds; a mail server that hangs must not hold a request
if django.VERSION < (6, 1):
    EMAIL_TIMEOUT = MAIL_TIMEOUT
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "localhost", "timeout": MAIL_TIMEOUT},
        }
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR"},
        "drf_accessflow_mfa": {"handlers": ["stderr"], "level": "INFO"},
    },
}

if MFA_KEYS := os.environ.get("MFA_ENCRYPTION_KEYS"):
    ACCESSFLOW_MFA_ENCRYPTION_KEYS = MFA_KEYS.split(",")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.BasicAuthentication",
        "knox.auth.TokenAuthentication",
        "example_project.vault.bearer.JWTBearerAuthentication",
        "example_project.vault.bearer.OAuth2BearerAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["drf_accessflow_mfa.api.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

# DRF's tokens say "Token" in the header, so knox says "Knox".
REST_KNOX = {"AUTH_HEADER_PREFIX": "Knox"}

SIMPLE_JWT = {
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "TOKEN_OBTAIN_SERIALIZER": "drf_accessflow_mfa.credentials.simplejwt_login.TokenObtainPairSerializer",
    "TOKEN_REFRESH_SERIALIZER": "drf_accessflow_mfa.credentials.simplejwt_login.TokenRefreshSerializer",
}

OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "drf_accessflow_mfa.credentials.oauth2_validator.FamilyValidator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
# One call of curl shows the OAuth2 server at work. Real clients use the authorization code.
SILENCED_SYSTEM_CHECKS = ["oauth2_provider.W002"]

SPECTACULAR_SETTINGS = {
    "TITLE": "AccessFlow MFA example",
    "DESCRIPTION": "A vault behind access flows, and the API with which its users step up.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "OAUTH2_FLOWS": ["password"],
    "OAUTH2_TOKEN_URL": "/o/token/",
    "OAUTH2_REFRESH_URL": "/o/token/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# What approved access to this flow is made of: see the handler.
ACCESSFLOW_MFA_GRANT_HANDLERS = {"customer-export": "example_project.vault.grants.VaultRole"}

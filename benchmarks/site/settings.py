"""Settings of the measured project; the environment chooses what is measured.

BENCH_DATABASE_URL   sqlite:///... or postgresql://...
BENCH_CREDENTIAL     what the requests are authenticated with
BENCH_WITHOUT        peers that this environment lacks, separated by commas
"""

import os

import dj_database_url

from benchmarks.peers import PEERS

AUTHENTICATION = {
    "session": "rest_framework.authentication.SessionAuthentication",
    "token": "rest_framework.authentication.TokenAuthentication",
    "basic": "rest_framework.authentication.BasicAuthentication",
    "knox": "knox.auth.TokenAuthentication",
    "jwt": "rest_framework_simplejwt.authentication.JWTAuthentication",
    "oauth2": "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
}
CREDENTIAL = os.environ.get("BENCH_CREDENTIAL", "session")
WITHOUT = frozenset(os.environ.get("BENCH_WITHOUT", "").split(","))
AVAILABLE = tuple(name for name in PEERS if name not in WITHOUT)

DEBUG = False
SECRET_KEY = "benchmark-only-" + "0123456789" * 5
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "benchmarks.site.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The grant that the toolkit warns of is not used, and one process needs no shared cache.
SILENCED_SYSTEM_CHECKS = ["oauth2_provider.W002", "scoped_access.W001"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "rest_framework.authtoken",
    "knox",
    "rest_framework_simplejwt",
    "oauth2_provider",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *(app for name in AVAILABLE for app in PEERS[name].apps),
    "drf_accessflow_mfa",
    "benchmarks.site",
]

BASE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""What ``startproject`` writes. Each guard adds its own."""
MIDDLEWARE = [
    *BASE_MIDDLEWARE,
    "drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware",
    "drf_accessflow_mfa.middleware.GuardedRoutesMiddleware",
]
if "allauth" in AVAILABLE:
    MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": dj_database_url.parse(os.environ.get("BENCH_DATABASE_URL", "sqlite://:memory:"))}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"].get("OPTIONS", {}).pop("prepared", None):
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 1}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL",
        "transaction_mode": "IMMEDIATE",
    }

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
if "guardian" in AVAILABLE:
    AUTHENTICATION_BACKENDS.append("guardian.backends.ObjectPermissionBackend")
# Basic checks the password at every request. With Django's own hasher that is all that could be seen.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [AUTHENTICATION[CREDENTIAL]],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Knox"}
SIMPLE_JWT = {
    "TOKEN_OBTAIN_SERIALIZER": "drf_accessflow_mfa.credentials.simplejwt_login.TokenObtainPairSerializer",
}
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "drf_accessflow_mfa.credentials.oauth2_validator.FamilyValidator",
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}

ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["benchmark-only-" + "9876543210" * 4]
MFA_CLASS = "https://refeds.org/profile/mfa"
if CREDENTIAL == "jwt":
    ACCESSFLOW_MFA_TRUSTED_ISSUERS = {"https://idp.example/": {"acr": {"urn:idp:loa:2": MFA_CLASS}}}

# What keeps each peer's proof alive while it is measured, and what its documentation asks for.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = (
    1  # allauth's default is none: a code would be too old where a request crosses a time step
)
MFA_FACTORS = ["totp", "recovery_codes"]
MFA_STEPUP_MAX_AGE = 3600
SCOPED_ACCESS = {
    "HIERARCHY": [{"level": "GLOBAL"}],
    "REAUTH": {"ENABLED": True, "TTL": 3600, "RATE": "5/minute", "MODE": "window"},
}
if CREDENTIAL != "session":
    TOTP_VERIFIED_CHECK = "benchmarks.site.guards.drf_totp.is_verified"
LOGIN_URL = "/login/"
HEADLESS_ONLY = False

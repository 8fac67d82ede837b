"""The smallest projects that have a package installed, and what such a project imports of it."""

from dataclasses import dataclass

GROUND_APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "django_otp",
    "django_otp.plugins.otp_totp",
)
GROUND_MODULES = (
    "django.core.handlers.wsgi",
    "django.contrib.auth.middleware",
    "django_otp.middleware",
    "rest_framework.views",
    "rest_framework.serializers",
    "rest_framework.authentication",
    "rest_framework.permissions",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Apps beside those of the ground, and modules that are imported once they are ready."""

    label: str
    apps: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    middleware: tuple[str, ...] = ()
    peer: str | None = None
    """The name in ``PEERS`` of a package that an environment may lack."""


OURS = ("drf_accessflow_mfa",)
GUARD = ("drf_accessflow_mfa.permissions", "drf_accessflow_mfa.middleware")
DEPENDENCIES = ("pyotp", "segno", "cryptography.hazmat.primitives.ciphers.aead")
PROJECTS = {
    "ground": Project(label="Django, DRF and django-otp"),
    "dependencies": Project(label="the same with cryptography, pyotp and segno", modules=DEPENDENCIES),
    "ours": Project(label="**ours, with the guard**", apps=OURS, modules=GUARD),
    "ours_api": Project(
        label="ours, with the guard and the API", apps=OURS, modules=(*GUARD, "drf_accessflow_mfa.api.urls")
    ),
    "two_factor": Project(
        label="django-two-factor-auth, with its views",
        apps=("django_otp.plugins.otp_static", "two_factor"),
        modules=("two_factor.urls",),
        peer="two_factor",
    ),
    "allauth": Project(
        label="allauth with MFA and headless, with its views",
        apps=("allauth", "allauth.account", "allauth.mfa", "allauth.headless"),
        modules=("allauth.urls", "allauth.headless.urls"),
        middleware=("allauth.account.middleware.AccountMiddleware",),
        peer="allauth",
    ),
    "django_mfa": Project(
        label="django-mfa, with its views",
        apps=("django_mfa",),
        modules=("django_mfa.urls",),
        peer="django_mfa",
    ),
    "drf_totp": Project(
        label="drf-totp, with its views", apps=("drf_totp",), modules=("drf_totp.urls",), peer="drf_totp"
    ),
    "scoped_access": Project(
        label="django-scoped-access, with its views",
        apps=("scoped_access",),
        modules=("scoped_access.drf",),
        peer="scoped_access",
    ),
}

"""What verifies codes, and what this package and the peers need; guarded views have URLconfs of their own."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from benchmarks.site.ways.django_otp import VerifyView
from benchmarks.site.ways.insert import InsertView

PEER_ROUTES = {
    "allauth": (("accounts/", "allauth.urls"), ("_allauth/", "allauth.headless.urls")),
    "django_mfa": (("mfa/", "django_mfa.urls"),),
    "drf_totp": (("totp/", "drf_totp.urls"),),
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("verify/django_otp/", VerifyView.as_view()),
    path("verify/insert/", InsertView.as_view()),
    path("api/mfa/", include("drf_accessflow_mfa.api.urls")),
    *(path(route, include(urls)) for name in settings.AVAILABLE for route, urls in PEER_ROUTES.get(name, ())),
]

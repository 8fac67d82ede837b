"""A Django project in one file, with nothing but what the README asks for."""

import sys

import django
import pyotp
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

settings.configure(
    SECRET_KEY="bare" * 16,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "bare.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django_otp",
        "rest_framework",
        "drf_accessflow_mfa",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from drf_accessflow_mfa.models import AccessFlow  # noqa: E402
from drf_accessflow_mfa.permissions import RequiresMFA  # noqa: E402


class Refunds(APIView):
    """The README's view."""

    permission_classes = (IsAuthenticated, RequiresMFA)
    access_flow = "refunds"

    def get(self, request: object) -> Response:
        """Answer."""
        return Response({})


urlpatterns = [
    path("refunds/", Refunds.as_view()),
    path("api/mfa/", include("drf_accessflow_mfa.api.urls")),
]


def main() -> None:
    """Be challenged, enroll, pass."""
    call_command("check", fail_level="WARNING")
    call_command("migrate", verbosity=0)
    client = APIClient()
    client.force_login(get_user_model().objects.create_user("rita"))
    AccessFlow.objects.create(slug="refunds", name="Refunds", require_mfa=True)
    challenged = client.get("/refunds/")
    begun = client.post("/api/mfa/devices/", {"name": "phone"}, format="json")
    code = pyotp.parse_uri(begun.json()["otpauth_uri"]).now()
    confirmation = f"/api/mfa/devices/{begun.json()['id']}/confirmation/"
    confirmed = client.post(confirmation, {"code": code}, format="json")
    opened = client.get("/refunds/")
    for answer in (challenged, begun, confirmed, opened):
        sys.stdout.write(f"{answer.status_code}\n")


main()

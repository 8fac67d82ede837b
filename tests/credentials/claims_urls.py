"""The example, and a view whose requirement stands in the code, for every kind of credential."""

from django.urls import path
from rest_framework.permissions import IsAuthenticated

from drf_accessflow_mfa.permissions import RequiresAssurance
from tests.credentials import urls


class Always(urls.Plain):
    permission_classes = [IsAuthenticated, RequiresAssurance]


urlpatterns = [*urls.urlpatterns, path("always/", Always.as_view())]

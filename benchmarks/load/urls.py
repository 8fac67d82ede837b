"""The example's URLs, and a view without a guard to compare with."""

from django.urls import path
from rest_framework.permissions import IsAuthenticated

from example_project.urls import urlpatterns as example_urlpatterns
from example_project.vault.views import VaultView


class PlainView(VaultView):
    """A vault that only asks who one is."""

    permission_classes = [IsAuthenticated]


urlpatterns = [path("api/plain/<slug:flow>/", PlainView.as_view()), *example_urlpatterns]

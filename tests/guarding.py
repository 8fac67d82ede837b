"""Other people's views, put behind the guard, at ``/guarded/`` and ``/objects/<pk>/``."""

from types import SimpleNamespace

from django.contrib import admin
from django.urls import include, path
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.permissions import RequiresMFA

URL = "/guarded/"


class Guarded(APIView):
    """A view of a host's."""

    permission_classes = [IsAuthenticated, RequiresMFA]

    def get(self, request):
        return Response({"opened": True})

    def post(self, request):
        return Response({"posted": True}, status=201)


class GuardedObject(GenericAPIView):
    """A view whose object names its flow."""

    permission_classes = [IsAuthenticated, RequiresMFA]
    objects = {}

    def get_object(self):
        found = self.objects[self.kwargs["pk"]]
        self.check_object_permissions(self.request, found)
        return found

    def get(self, request, pk=None):
        if pk is None:
            return Response([])
        return Response({"flow": self.get_object().access_flow})


def thing(access_flow=None, **fields):
    """An object as a host's model would give it."""
    return SimpleNamespace(access_flow=access_flow, **fields)


def routes(view, objects=None):
    """A URL configuration with the view, the package's API and the admin."""
    found = [
        path("guarded/", view.as_view()),
        path("api/mfa/", include("drf_accessflow_mfa.api.urls")),
        path("admin/", admin.site.urls),
    ]
    if objects is not None:
        found += [path("objects/", objects.as_view()), path("objects/<int:pk>/", objects.as_view())]
    return tuple(found)

"""The example, and three more views beside it."""

from django.contrib.auth.models import User
from django.urls import path
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.permissions import RequiresMFA
from example_project.urls import urlpatterns as example

PLAIN, GUARDED, SWAPPED = "/plain/", "/guarded/", "/swapped/"


class Plain(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"user": request.user.get_username(), "kind": type(request.auth).__name__})

    post = get


class Guarded(Plain):
    permission_classes = [IsAuthenticated, RequiresMFA]
    access_flow = "refunds"


class ActsAsOmar(BasePermission):
    """Impersonation, as hosts write it."""

    def has_permission(self, request, view):
        request.user = User.objects.get(username="omar")
        return True


class Swapped(Guarded):
    permission_classes = [IsAuthenticated, ActsAsOmar, RequiresMFA]


urlpatterns = [
    *example,
    path("plain/", Plain.as_view()),
    path("guarded/", Guarded.as_view()),
    path("swapped/", Swapped.as_view()),
]

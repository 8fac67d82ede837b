"""A host's own doors through which codes come: its views, django-otp's forms, an admin of django-otp's."""

from functools import wraps
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path
from django_otp.admin import OTPAdminSite
from django_otp.models import Device
from django_otp.views import LoginView
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from drf_accessflow_mfa.credentials import caller_of, origin_of
from drf_accessflow_mfa.domain.events import Source
from drf_accessflow_mfa.non_atomic import non_atomic
from drf_accessflow_mfa.services.verify import verify
from example_project.urls import urlpatterns as example_urlpatterns
from tests.support.host_views import (
    BatchView,
    BrowsableView,
    GuardedView,
    NotesView,
    PerObjectView,
    TwoFlowsView,
    sent,
)


class Regret(APIException):
    """The host thinks better of it: DRF rolls back whatever request transaction runs."""

    status_code = status.HTTP_409_CONFLICT


class HostView(APIView):
    """Somebody else's view, in a request transaction unless it says otherwise."""

    permission_classes = [IsAuthenticated]


class ServiceView(HostView):
    """Calls our service, as its documentation says: outside of request transactions. Then it raises."""

    def post(self, request: Request) -> Response:
        outcome = verify(
            caller_of(request), sent(request, "code"), origin=origin_of(request, source=Source.API)
        )
        raise Regret(type(outcome).__name__)


class TransactionView(HostView):
    """Calls our service inside of its request transaction, which the service refuses to share."""

    def post(self, request: Request) -> Response:
        verify(caller_of(request), sent(request, "code"), origin=origin_of(request, source=Source.API))
        return Response()


class BareView(HostView):
    """Asks a device of django-otp bare, in a request transaction that it then rolls back."""

    def post(self, request: Request) -> Response:
        device = Device.from_persistent_id(sent(request, "device"))
        raise Regret(str(device.verify_token(sent(request, "code"))))


class FormView(LoginView):  # type: ignore[misc] # has no types
    """Logs in with django-otp's form; a stranger with password and code at once."""

    success_url = "/"

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        return HttpResponse("The form was not accepted.", status=status.HTTP_400_BAD_REQUEST)


def in_deferred_transactions(view: Any) -> Any:
    """Let the view's transactions on SQLite begin without the one write lock, as Django's own do.

    With ``transaction_mode: IMMEDIATE`` each holds it: nobody else could count a guess meanwhile.
    """

    @wraps(view)
    def deferred(*args: Any, **kwargs: Any) -> Any:
        mode = getattr(connection, "transaction_mode", None)
        connection.transaction_mode = None  # type: ignore[attr-defined] # SQLite's alone
        try:
            answer = view(*args, **kwargs)
            return answer.render() if hasattr(answer, "render") else answer
        finally:
            connection.transaction_mode = mode  # type: ignore[attr-defined]

    return deferred


def atomically(view: Any) -> Any:
    """Put a view into a request transaction that begins without SQLite's one write lock."""
    return non_atomic(in_deferred_transactions(transaction.atomic(view)))


class HostAdminSite(OTPAdminSite):  # type: ignore[misc] # has no types
    """django-otp's admin, whose log-in form asks for a code."""

    def __init__(self) -> None:
        super().__init__("host_admin")


host_admin = HostAdminSite()
host_admin.register(Group)
log_in_to_the_admin = host_admin.login
host_admin.login = non_atomic(in_deferred_transactions(log_in_to_the_admin))

urlpatterns = [
    path("host/service/", non_atomic(ServiceView.as_view())),
    path("host/transaction/", TransactionView.as_view()),
    path("host/bare/", atomically(BareView.as_view())),
    path("host/form/", non_atomic(in_deferred_transactions(FormView.as_view()))),
    path("host/immediate-form/", non_atomic(FormView.as_view())),
    path("host/admin/", host_admin.urls),
    path("host/nameless/", GuardedView.as_view()),
    path("host/two/", TwoFlowsView.as_view()),
    path("host/browsable/", BrowsableView.as_view()),
    path("host/batch/", BatchView.as_view()),
    path("host/objects/", PerObjectView.as_view()),
    path("host/notes/<slug:note>/", NotesView.as_view()),
    *example_urlpatterns,
]

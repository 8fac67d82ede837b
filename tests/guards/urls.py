"""Views that the guards of the tests stand before."""

from django.contrib.admin import AdminSite
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from rest_framework.permissions import NOT, AllowAny, IsAdminUser, IsAuthenticated, SingleOperandHolder
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from drf_accessflow_mfa.decorators import RequiresMFAAdminMixin, requires_mfa
from drf_accessflow_mfa.permissions import HasActiveAccess, RequiresMFA


class Ledger(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request, **kwargs):
        return Response({"ledger": "read"})

    def post(self, request, **kwargs):
        return Response({"ledger": "written"})


class OpenLedger(Ledger):
    permission_classes = [AllowAny]


class LazyOpenLedger(OpenLedger):
    def perform_authentication(self, request):
        """Leave authentication to the first look at the user, as DRF allows."""


class StaffLedger(Ledger):
    permission_classes = [IsAdminUser]


class Entries(ViewSet):
    permission_classes = [IsAuthenticated]

    def list(self, request):
        return Response([])

    def create(self, request):
        return Response({}, status=201)


class Guarded(Ledger):
    permission_classes = [IsAuthenticated, RequiresMFA]
    access_flow = "production-database"


def plain(request):
    return HttpResponse("plain")


@requires_mfa("production-database")
def decorated(request):
    return HttpResponse("decorated")


def nameless(request):
    return HttpResponse("nameless")


class Computed(Guarded):
    @property
    def access_flow(self):
        return "production-database"


class ByAction(Guarded):
    def get_permissions(self):
        return [AllowAny()]


def expression(*permissions):
    """A view of the flow behind an expression of permissions."""
    return Guarded.as_view(permission_classes=permissions)


EXPRESSIONS = {
    "access-alone/": [HasActiveAccess],
    "access-and-mfa/": [HasActiveAccess & RequiresMFA],
    "mfa-or-anybody/": [RequiresMFA | AllowAny],
    "mfa-or-user/": [IsAuthenticated | RequiresMFA],
    "mfa-or-staff/": [RequiresMFA | IsAdminUser],
    "mfa-or-access/": [RequiresMFA | HasActiveAccess],
    "mfa-and-staff/": [RequiresMFA & IsAdminUser],
    "mfa-or-not/": [IsAdminUser | SingleOperandHolder(NOT, RequiresMFA & IsAdminUser)],
    "mfa-or-anybody-and-mfa/": [RequiresMFA | AllowAny, RequiresMFA],
    "mfa-or-mfa/": [RequiresMFA | RequiresMFA.on("production-database")],
}


class Site(RequiresMFAAdminMixin, AdminSite):
    access_flow = "production-database"


site = Site(name="guarded")
site.register(Group, GroupAdmin)

urlpatterns = [
    path("ledger/<int:year>/", Ledger.as_view(), name="ledger-of-year"),
    path("ledger/", Ledger.as_view(), name="ledger"),
    path("open-ledger/", OpenLedger.as_view(), name="open-ledger"),
    path("lazy-ledger/", LazyOpenLedger.as_view(), name="lazy-ledger"),
    path("staff-ledger/", StaffLedger.as_view(), name="staff-ledger"),
    path("entries/", Entries.as_view({"get": "list", "post": "create"}), name="entries"),
    path("guarded/", Guarded.as_view(), name="guarded"),
    path("plain/", plain, name="plain"),
    path("decorated/", decorated, name="decorated"),
    path("nameless/", nameless),
    path("moved/", RedirectView.as_view(url="/ledger/"), name="moved"),
    path("deep/", include([re_path("^ledger/$", Ledger.as_view())])),
    path("computed/", Computed.as_view()),
    path("by-action/", ByAction.as_view()),
    *(path(route, expression(*permissions)) for route, permissions in EXPRESSIONS.items()),
    path("guarded-admin/", site.urls),
    path("api/mfa/", include("drf_accessflow_mfa.api.urls")),
]

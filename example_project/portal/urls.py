"""The routes of the portal."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from example_project.portal.activity import ActivityExportView, ActivityView
from example_project.portal.flows import CreateFlowView, EditFlowView, FlowSavedView, FlowsView
from example_project.portal.requests import ApprovalsView, MyRequestsView, RequestAccessView
from example_project.portal.vaults import VaultsView, production_report

app_name = "portal"

_sign_in = LoginView.as_view(template_name="portal/sign_in.html", redirect_authenticated_user=True)

urlpatterns = [
    path("", VaultsView.as_view(), name="vaults"),
    path("production-report/", production_report, name="production-report"),
    path("sign-in/", _sign_in, name="sign-in"),
    path("sign-out/", LogoutView.as_view(next_page="portal:sign-in"), name="sign-out"),
    path("flows/", FlowsView.as_view(), name="flows"),
    path("flows/new/", CreateFlowView.as_view(), name="create-flow"),
    path("flows/<slug:slug>/edit/", EditFlowView.as_view(), name="edit-flow"),
    path("flows/<slug:slug>/saved/", FlowSavedView.as_view(), name="flow-saved"),
    path("request/", RequestAccessView.as_view(), name="request-access"),
    path("requests/", MyRequestsView.as_view(), name="my-requests"),
    path("approvals/", ApprovalsView.as_view(), name="approvals"),
    path("activity/", ActivityView.as_view(), name="activity"),
    path("activity/export/", ActivityExportView.as_view(), name="activity-export"),
]

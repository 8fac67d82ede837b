"""The URLs of the example project."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from knox.views import LogoutAllView
from oauth2_provider.urls import base_urlpatterns as oauth2_urlpatterns

from example_project.vault.authentication import SessionView, TokenView
from example_project.vault.jwt import JWTBlacklistView, JWTRefreshView, JWTView
from example_project.vault.knox import KnoxLoginView, KnoxLogoutView
from example_project.vault.views import CustomerExportView, LandingView, VaultView

urlpatterns = [
    path("", LandingView.as_view(), name="landing"),
    path("portal/", include("example_project.portal.urls")),
    path("account/", include("drf_accessflow_mfa.web.urls")),
    path("admin/", admin.site.urls),
    path("api/auth/token/", TokenView.as_view(), name="token"),
    path("api/auth/session/", SessionView.as_view(), name="session"),
    path("api/auth/knox/login/", KnoxLoginView.as_view(), name="knox-login"),
    path("api/auth/knox/logout/", KnoxLogoutView.as_view(), name="knox-logout"),
    # knox's own view, as it is: a guarded route asks for a second factor before everybody is logged out.
    path("api/auth/knox/logoutall/", LogoutAllView.as_view(), name="knox-logoutall"),
    path("api/auth/jwt/", JWTView.as_view(), name="jwt"),
    path("api/auth/jwt/refresh/", JWTRefreshView.as_view(), name="jwt-refresh"),
    path("api/auth/jwt/blacklist/", JWTBlacklistView.as_view(), name="jwt-blacklist"),
    path("o/", include((oauth2_urlpatterns, "oauth2_provider"))),
    path("api/mfa/", include("drf_accessflow_mfa.api.urls")),
    path(
        "api/vault/customer-export/",
        CustomerExportView.as_view(),
        {"flow": "customer-export"},
        name="customer-export",
    ),
    path("api/vault/<slug:flow>/", VaultView.as_view(), name="vault"),
    path("api/schema/", cache_page(3600)(SpectacularAPIView.as_view()), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

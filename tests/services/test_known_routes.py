"""What is known of the routes of a project."""

import pytest
from django.urls import include, path, re_path
from django.views import View
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from drf_accessflow_mfa.services.known_routes import known_routes


class ByClass(View):
    def get(self, request):
        """Answer nothing."""

    def delete(self, request):
        """Answer nothing."""


class ByDRF(APIView):
    def post(self, request):
        """Answer nothing."""


class BySet(ViewSet):
    def list(self, request):
        """Answer nothing."""

    def create(self, request):
        """Answer nothing."""


class Callable:
    def __call__(self, request):
        """Answer nothing."""


def by_function(request):
    """Answer nothing."""


@api_view(["PUT"])
def by_drf_function(request):
    return Response()


INNER = ([path("list/", by_function, name="list"), re_path(r"^(\d+)/$", by_function)], "shop")


@pytest.fixture
def routes(settings):
    """The routes of some patterns, by where they are."""

    def find(*patterns):
        settings.ROOT_URLCONF = patterns
        return {route.route: route for route in known_routes()}

    return find


@pytest.mark.parametrize(
    ("view", "methods", "name"),
    [
        (ByClass.as_view(), ("DELETE", "GET"), "ByClass"),
        (ByDRF.as_view(), ("POST",), "ByDRF"),
        (BySet.as_view({"get": "list"}), ("GET",), "BySet"),
        (BySet.as_view({"post": "create", "get": "list"}), ("GET", "POST"), "BySet"),
        (by_drf_function, ("PUT",), "by_drf_function"),
        (by_function, ("DELETE", "GET", "PATCH", "POST", "PUT"), "by_function"),
        (Callable(), ("DELETE", "GET", "PATCH", "POST", "PUT"), "Callable"),
    ],
)
def test_a_view_has_its_methods_and_a_place(routes, view, methods, name):
    route = routes(path("a/", view))["a/"]

    assert route.methods == methods
    assert route.answered == {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}
    assert route.view_path == f"{__name__}.{name}"


def test_a_route_is_bound_by_its_name_with_namespaces_or_by_its_pattern(routes):
    found = routes(path("shop/", include(INNER)), path("all/", include(INNER, namespace="all")))

    assert found["shop/list/"].name == "shop:list"
    assert found["shop/list/"].bindable == ("shop:list", "shop/list/")
    assert found["all/list/"].bindable == ("all:list", "all/list/")


def test_a_route_without_a_name_has_none(routes):
    route = routes(path("shop/", include(INNER)))[r"shop/(\d+)/$"]

    assert route.name == ""
    assert route.bindable[-1] == r"shop/(\d+)/$"


def test_a_route_of_the_root_keeps_its_own_spelling(routes):
    route = routes(re_path("^about/$", by_function, name="about"), path("", by_function, name="home"))

    assert route["^about/$"].bindable == ("about", "^about/$")
    assert route[""].bindable == ("home",)


def test_a_namespace_without_an_application_and_patterns_without_either(routes):
    bare = [path("x/", by_function, name="x")]
    found = routes(path("a/", include((bare, "app"), namespace="inner")), path("b/", include(bare)))

    assert (found["a/x/"].name, found["b/x/"].name) == ("inner:x", "x")


@pytest.mark.parametrize("application", ["drf_accessflow_mfa", "drf_accessflow_mfa_web"])
def test_a_route_of_this_package_cannot_be_bound(routes, application):
    found = routes(path("mfa/", include(([path("x/", by_function, name="x")], application))))

    assert found["mfa/x/"].bindable == ()

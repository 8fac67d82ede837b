"""What the table of routes says about methods, flags and bindings without effect."""

from types import SimpleNamespace

import pytest

from drf_accessflow_mfa.services import route_table
from drf_accessflow_mfa.services.route_table import CodeGuard, RouteEntry, is_required


@pytest.mark.parametrize(
    ("flags", "required"),
    [
        ([], False),
        ([False], False),
        ([True], True),
        ([None], None),
        ([None, True], True),
        ([False, None], None),
    ],
)
def test_one_flagged_flow_is_enough_and_an_unknown_one_leaves_it_open(flags, required):
    slugs = [f"flow-{number}" for number in range(len(flags))]
    flagged = {slug: flag for slug, flag in zip(slugs, flags, strict=True) if flag is not None}

    assert is_required(slugs, flagged) is required


@pytest.mark.parametrize("in_code", [True, False, None])
def test_a_route_that_answers_no_method_requires_what_stands_in_the_code(in_code):
    assert route_table._requirement_of_all(in_code, [], {}) is in_code


@pytest.mark.parametrize(
    ("unguarded", "is_open"),
    [((), False), (("GET", "HEAD", "OPTIONS", "TRACE"), False), (("GET", "POST"), True), (("DELETE",), True)],
)
def test_a_route_is_open_where_a_method_that_changes_data_has_no_guard(unguarded, is_open):
    entry = RouteEntry(
        route="x/",
        name="x",
        view="x",
        methods=unguarded,
        guard="",
        flows=(),
        methods_of_flows={},
        unguarded=unguarded,
        requires_mfa=False,
    )

    assert entry.is_open is is_open


class TestDeadBindings:
    @pytest.fixture
    def routes(self):
        """Two routes of one name, of which one answers POST."""
        return [
            SimpleNamespace(bindable={"ledger"}, answered=("GET", "POST")),
            SimpleNamespace(bindable={"ledger"}, answered=("GET",)),
        ]

    def why(self, routes, route, method=""):
        return route_table._why_dead(SimpleNamespace(route=route, method=method), routes)

    def test_a_binding_works_where_any_route_of_its_name_answers_its_method(self, routes):
        assert self.why(routes, "ledger") == ""
        assert self.why(routes, "ledger", "POST") == ""

    def test_a_binding_that_nothing_answers_says_why(self, routes):
        assert self.why(routes, "ledger", "DELETE") == "the route does not answer this method"
        assert self.why(routes, "other") == "no route that can be bound has this name or pattern"


def test_a_flow_in_the_code_guards_every_method_of_its_view():
    route = SimpleNamespace(methods=("GET", "POST"), route="x/", name="x", view_path="x", bindable={"x"})
    binding = SimpleNamespace(route="x", method="POST", flow=SimpleNamespace(slug="exports"))

    entry = route_table._entry(route, CodeGuard(kind="permission", flows=("refunds",)), [binding], {})

    assert entry.methods_of_flows == {"refunds": ("GET", "POST"), "exports": ("POST",)}
    assert entry.unguarded == ()

"""``manage.py accessflow_mfa_routes``."""

import pytest
from django.core.management import CommandError

from drf_accessflow_mfa.services.routes import bind_route
from tests.guards.conftest import EDITOR
from tests.guards.listing import allow_what_is_open, read, rows, table

FLOW = "production-database"

pytestmark = pytest.mark.django_db(transaction=True)


def test_routes_that_change_data_without_a_guard_come_first(flows):
    listed = read("routes")

    openness = [row["open"] for row in listed]
    assert True in openness
    assert openness == sorted(openness, reverse=True)


def test_each_kind_of_guard_is_told_with_its_flow(flows):
    bind_route("staging-logs", "ledger", editor=EDITOR)

    found = rows()

    assert found["guarded/"]["guard"] == "permission"
    assert found["guarded/"]["flows"] == ["production-database"]
    assert found["guarded/"]["requires_mfa"] is True
    assert found["decorated/"]["guard"] == "decorator"
    assert found["ledger/"]["guard"] == "middleware"
    assert found["ledger/"]["requires_mfa"] is False
    assert found["api/mfa/status/"]["guard"] == "package"
    assert found["open-ledger/"]["guard"] == ""
    assert found["open-ledger/"]["open"] is True


def test_a_view_that_names_its_flow_by_request_is_told_so(flows, settings):
    settings.ROOT_URLCONF = "example_project.urls"

    row = rows()["api/vault/<slug:flow>/"]

    assert (row["flows"], row["requires_mfa"]) == (["(by request)"], None)


def test_a_requirement_in_the_code_is_told_as_always(flows, settings):
    settings.ROOT_URLCONF = "tests.credentials.claims_urls"

    row = rows()["always/"]

    assert (row["guard"], row["flows"], row["requires_mfa"]) == ("permission", ["(always)"], True)


def test_the_text_says_how_many_are_open(flows):
    first, header, *_ = table().splitlines()

    assert first.endswith("routes change data and have no guard.")
    assert header.split() == ["GUARD", "METHODS", "ROUTE", "NAME", "FLOWS", "NOW"]


def test_open_routes_fail_a_build_that_asks_for_it(flows):
    with pytest.raises(CommandError) as failure:
        table("--fail-on-open")
    assert failure.value.returncode == 1


def test_routes_that_may_be_open_fail_no_build(flows):
    arguments = allow_what_is_open()

    assert "0 of" in table("--fail-on-open", *arguments)


@pytest.mark.parametrize(
    ("route", "requires_mfa", "is_open"),
    [
        ("access-alone/", False, False),
        ("access-and-mfa/", True, False),
        ("mfa-or-anybody/", None, True),
        ("mfa-or-user/", None, True),
        ("mfa-or-staff/", None, False),
        ("mfa-or-access/", None, False),
        ("mfa-and-staff/", True, False),
        ("mfa-or-not/", None, False),
        ("mfa-or-anybody-and-mfa/", True, False),
        ("mfa-or-mfa/", True, False),
        ("computed/", None, False),
        ("by-action/", None, False),
        ("staff-ledger/", False, True),
    ],
)
def test_an_expression_says_what_it_asks(flows, route, requires_mfa, is_open):
    row = rows()[route]

    assert (row["requires_mfa"], row["open"]) == (requires_mfa, is_open)


def test_every_view_of_a_guarded_admin_is_guarded_but_its_doors(flows):
    found = {name: row for name, row in rows().items() if name.startswith("guarded-admin/")}

    unguarded = {name for name, row in found.items() if row["guard"] != "admin"}

    assert unguarded == {"guarded-admin/login/", "guarded-admin/logout/"}
    assert {row["requires_mfa"] for name, row in found.items() if name not in unguarded} == {True}
    assert found["guarded-admin/auth/group/add/"]["flows"] == [FLOW]
    assert found["guarded-admin/"]["open"] is False


def test_an_admin_without_the_mixin_is_open(flows, settings):
    settings.ROOT_URLCONF = "example_project.urls"

    assert rows()["admin/auth/group/add/"]["open"] is True


def test_the_pages_of_this_package_are_its_own(flows, settings):
    settings.ROOT_URLCONF = "example_project.urls"

    assert rows()["account/verify/"]["guard"] == "package"

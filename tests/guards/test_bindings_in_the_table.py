"""Bindings in ``manage.py accessflow_mfa_routes``: by method, dead ones, and none without the middleware."""

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError

from drf_accessflow_mfa.services.routes import MIDDLEWARE, bind_route
from tests.guards.conftest import EDITOR
from tests.guards.listing import allow_what_is_open, read, rows, table

FLOW = "production-database"

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_binding_of_one_method_leaves_the_others_open(flows):
    bind_route(FLOW, "ledger", method="GET", editor=EDITOR)

    row = rows()["ledger/"]

    assert (row["guard"], row["open"], row["unguarded"]) == ("middleware", True, ["POST"])
    assert row["methods_of_flows"] == {FLOW: ["GET"]}
    assert row["requires_mfa"] is None
    [line] = [line for line in table().splitlines() if "/ledger/ " in line]
    assert line.split() == ["open", "GET,POST", "/ledger/", "ledger", FLOW, "(GET)", "depends"]


def test_bindings_of_all_methods_that_change_data_close_a_route(flows):
    bind_route(FLOW, "ledger", method="POST", editor=EDITOR)

    row = rows()["ledger/"]

    assert (row["open"], row["unguarded"], row["requires_mfa"]) == (False, ["GET"], None)


def test_a_route_that_is_bound_by_every_method_requires_mfa(flows):
    bind_route(FLOW, "ledger", method="POST", editor=EDITOR)
    bind_route(FLOW, "ledger", method="GET", editor=EDITOR)

    row = rows()["ledger/"]

    assert (row["open"], row["unguarded"], row["requires_mfa"]) == (False, [], True)
    assert row["methods_of_flows"] == {FLOW: ["GET", "POST"]}


def test_a_binding_of_get_guards_head_too(flows):
    bind_route(FLOW, "moved", method="GET", editor=EDITOR)

    row = rows()["moved/"]

    assert row["methods_of_flows"] == {FLOW: ["GET", "HEAD"]}
    assert not {"GET", "HEAD"} & set(row["unguarded"])


def test_a_plain_view_answers_every_method_until_all_are_bound(flows):
    bind_route(FLOW, "plain", method="POST", editor=EDITOR)

    assert rows()["plain/"]["unguarded"] == ["DELETE", "GET", "PATCH", "PUT"]
    assert rows()["plain/"]["open"] is True

    bind_route(FLOW, "plain", editor=EDITOR)

    assert rows()["plain/"]["open"] is False


def test_an_open_method_fails_a_build_though_another_is_guarded(flows):
    arguments = allow_what_is_open(but="ledger/")
    bind_route(FLOW, "ledger", method="GET", editor=EDITOR)

    with pytest.raises(CommandError, match=r"^1 routes change data"):
        table("--fail-on-open", *arguments)


def test_bindings_guard_nothing_without_the_middleware(flows, settings):
    bind_route(FLOW, "ledger", editor=EDITOR)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]

    row = rows()["ledger/"]

    assert (row["guard"], row["flows"], row["open"]) == ("", [], True)
    [dead] = read("dead_bindings")
    assert (dead["route"], dead["reason"]) == ("ledger", f"{MIDDLEWARE} is not in MIDDLEWARE")


def database_warnings():
    return [message.id for message in run_checks(tags=[Tags.database], databases=["default"])]


def test_bindings_without_the_middleware_are_a_warning_of_the_checks_that_ask_the_database(flows, settings):
    bind_route(FLOW, "ledger", editor=EDITOR)
    assert "accessflow_mfa.W005" not in database_warnings()

    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]

    assert "accessflow_mfa.W005" in database_warnings()


def test_no_binding_and_no_middleware_is_no_warning(flows, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]

    assert "accessflow_mfa.W005" not in database_warnings()


@pytest.mark.parametrize(
    ("route", "method"),
    [
        ("legder", ""),
        ("ledgers/", ""),
        ("ledger", "DELETE"),
        ("ledger", "PSOT"),
        ("drf_accessflow_mfa:verifications", ""),
    ],
)
def test_a_binding_that_guards_nothing_is_listed_and_fails_a_build(flows, route, method):
    arguments = allow_what_is_open()
    bind_route(FLOW, route, method=method, editor=EDITOR)

    [dead] = read("dead_bindings")
    with pytest.raises(CommandError, match=r"^1 bindings guard nothing") as failure:
        table("--fail-on-open", *arguments)

    assert failure.value.returncode == 1
    assert (dead["flow"], dead["route"], dead["method"]) == (FLOW, route, method)
    assert table().splitlines()[-1] == (
        f"Guards nothing: {method or '*'} {route} is bound to {FLOW}, but {dead['reason']}."
    )


@pytest.mark.parametrize(
    ("route", "method"),
    [("ledger", "HEAD"), ("ledger", "OPTIONS"), ("ledger/<int:year>/", "GET"), ("deep/ledger/$", "")],
)
def test_a_binding_that_guards_something_is_no_dead_one(flows, route, method):
    bind_route(FLOW, route, method=method, editor=EDITOR)

    assert read("dead_bindings") == []


def test_a_view_without_a_name_is_bound_by_its_path(rita):
    bind_route(FLOW, "tests.guards.urls.nameless", editor=EDITOR)

    assert rows()["nameless/"]["guard"] == "middleware"
    assert rita.session.get("/nameless/", headers={"accept": "application/json"}).status_code == 401


def test_a_pattern_in_the_table_is_the_one_that_binds(rita):
    bind_route(FLOW, "deep/ledger/$", editor=EDITOR)

    assert rows()["deep/ledger/$"]["guard"] == "middleware"
    assert rita.token.get("/deep/ledger/").status_code == 401

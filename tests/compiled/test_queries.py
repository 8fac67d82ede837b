"""Updates that are compiled once change the rows that the ORM would change."""

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from drf_accessflow_mfa.compiled.queries import compile_query, compile_update, compile_update_returning
from drf_accessflow_mfa.compiled.statements import Parameter
from drf_accessflow_mfa.models import AccessFlow

pytestmark = pytest.mark.django_db
SLUG = AccessFlow._meta.get_field("slug")
NAME = AccessFlow._meta.get_field("name")


@pytest.fixture
def flows(db):
    for slug in ("refunds", "exports"):
        AccessFlow.objects.create(slug=slug, name=slug, require_mfa=True)


def named(slug="slug"):
    return AccessFlow.objects.filter(slug=Parameter(slug, SLUG))


def names():
    return dict(AccessFlow.objects.order_by("slug").values_list("slug", "name"))


def test_an_update_runs_again_with_other_values_and_tells_how_many_rows_it_found(flows):
    rename = compile_update(named(), {"name": Parameter("name", NAME)}, using="default")

    found = [
        rename.write({"slug": slug, "name": name}, connection=connection)
        for slug, name in (("refunds", "50 % 'off'"), ("exports", "%s"), ("nothing", "x"))
    ]

    assert found == [1, 1, 0]
    assert names() == {"refunds": "50 % 'off'", "exports": "%s"}


def test_an_update_answers_columns_as_the_orm_reads_them(flows):
    columns = ("slug", "is_active", "mfa_max_age", "updated_at")
    change = {"is_active": False}
    statement = compile_update_returning(named(), change, columns, using="default")
    assert statement is not None

    [row] = statement.write_and_read({"slug": "refunds"}, connection=connection)

    assert tuple(row) == AccessFlow.objects.values_list(*columns).get(slug="refunds")
    assert row[1] is False
    assert statement.write_and_read({"slug": "nothing"}, connection=connection) == []


def test_an_update_may_count_from_what_the_row_holds(flows):
    now = timezone.now()
    AccessFlow.objects.update(created_at=now)
    copy = compile_update(named(), {"updated_at": F("created_at")}, using="default")

    copy.write({"slug": "refunds"}, connection=connection)

    assert AccessFlow.objects.get(slug="refunds").updated_at == now
    assert AccessFlow.objects.get(slug="exports").updated_at != now


def test_a_value_of_the_query_itself_is_never_taken_for_a_place(flows):
    AccessFlow.objects.filter(slug="refunds").update(name="%(slug)s")
    query = AccessFlow.objects.filter(slug=Parameter("slug", SLUG), name="%(slug)s").values_list("name")

    found = compile_query(query, using="default").run({"slug": "refunds"}, connection=connection)

    assert found == [["%(slug)s"]]

"""A row that changes between the admin's form and the service's lock: a message, and no error 500."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from drf_accessflow_mfa.models import AccessFlow, AuditEvent, GuardedRoute
from tests.people import flow
from tests.test_admin import page, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada):
    browser = Client()
    browser.force_login(ada.user)
    return browser


@pytest.fixture
def refunds(db):
    return flow("refunds", require_mfa=False)


@contextmanager
def meanwhile(change):
    """Let somebody change something just before the service locks the flow."""
    left = [change]

    def step_in(execute, sql, params, many, context):
        if sql.startswith(f'UPDATE "{AccessFlow._meta.db_table}" SET "slug"') and left:
            left.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(step_in):
        yield
    assert not left


def told(browser, answer):
    """The messages on the page to which an answer leads."""
    assert answer.status_code == 302
    shown = browser.get(answer["Location"], follow=True)
    return [str(message) for message in shown.context["messages"]]


def flag():
    AccessFlow.objects.update(require_mfa=True)


def test_a_flow_that_was_flagged_meanwhile_is_not_loosened(browser, refunds):
    with meanwhile(flag):
        answer = submit(browser, refunds, name="Other", without=["require_mfa"])

    assert answer["Location"] == page(AccessFlow, "change", refunds.pk)
    assert told(browser, answer) == ["This needs a fresh second factor."]
    assert not AuditEvent.objects.filter(kind="flow.changed").exists()


def test_a_flow_that_was_flagged_meanwhile_is_not_deleted(browser, refunds):
    with meanwhile(flag):
        answer = browser.post(page(AccessFlow, "delete", refunds.pk), {"post": "yes"})

    assert told(browser, answer) == ["This needs a fresh second factor."]
    assert AccessFlow.objects.exists()


def test_a_flow_that_is_gone_meanwhile_is_no_error_500(browser, refunds):
    with meanwhile(lambda: AccessFlow.objects.all().delete()):
        answer = submit(browser, refunds, name="Other")

    assert told(browser, answer) == []
    assert not AuditEvent.objects.filter(kind="flow.changed").exists()


def test_a_flow_that_got_a_route_meanwhile_is_in_use(browser, refunds):
    with meanwhile(lambda: GuardedRoute.objects.create(flow=refunds, route="ledger")):
        answer = browser.post(page(AccessFlow, "delete", refunds.pk), {"post": "yes"})

    assert told(browser, answer) == ["Routes or access requests belong to this access flow."]
    assert AccessFlow.objects.exists()


def test_a_route_whose_flow_is_gone_meanwhile_is_not_bound(browser, refunds):
    with meanwhile(lambda: AccessFlow.objects.all().delete()):
        answer = browser.post(
            page(GuardedRoute, "add"), {"flow": refunds.pk, "route": "ledger", "method": ""}
        )

    assert told(browser, answer) == []
    assert not GuardedRoute.objects.exists()

"""The Django admin: flows with their toggle, everything else for reading, no secret anywhere."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from drf_accessflow_mfa.models import (
    AccessFlow,
    AuditEvent,
)
from tests.people import by_token, enrolled, flow, may, person, verified

pytestmark = pytest.mark.django_db


def page(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def browser(ada):
    browser = Client()
    browser.force_login(ada.user)
    return browser


def form_of(browser, row):
    """The fields of the change form as a browser would send them back."""
    shown = browser.get(page(AccessFlow, "change", row.pk))
    assert shown.status_code == 200
    form = shown.context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for inline in shown.context["inline_admin_formsets"]:
        values.update(
            {
                inline.formset.management_form.add_prefix(n): v
                for n, v in inline.formset.management_form.initial.items()
            }
        )
    return {
        name: _posted(value)
        for name, value in values.items()
        if value is not None and value is not False and value != ""
    }


def _posted(value):
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value) if isinstance(value, timedelta) else "on" if value is True else value


def submit(browser, row, *, without=(), **fields):
    data = {**form_of(browser, row), **fields}
    for name in without:
        data.pop(name, None)
    return browser.post(page(AccessFlow, "change", row.pk), data)


def is_flagged():
    return AccessFlow.objects.values_list("require_mfa", flat=True).get(slug="refunds")


def test_unflagging_without_a_code_is_refused(browser, refunds):
    answer = submit(browser, refunds, without=["require_mfa"])

    assert answer.status_code == 200
    assert "mfa_code" in answer.context["adminform"].form.errors
    assert is_flagged() is True
    assert not AuditEvent.objects.filter(kind="flow.changed").exists()


def test_unflagging_with_a_right_code_is_accepted_and_logged(browser, ada, refunds):
    answer = submit(browser, refunds, without=["require_mfa"], mfa_code=ada.code())

    assert answer.status_code == 302
    assert is_flagged() is False
    event = AuditEvent.objects.get(kind="flow.changed")
    assert (event.actor_name, event.source, event.changes["require_mfa"]) == ("ada", "admin", [True, False])


def test_a_wrong_code_is_refused_and_counted(browser, ada, refunds):
    answer = submit(browser, refunds, without=["require_mfa"], mfa_code=ada.wrong_code())

    assert answer.status_code == 200
    assert is_flagged() is True
    assert ada.budget() == (1, 1)
    assert ada.events("mfa.failed") == [("mfa.failed", "wrong_code")]


def test_a_code_is_spent_once_there_too(browser, ada, refunds):
    code = ada.code()
    submit(browser, refunds, without=["require_mfa"], mfa_code=code)
    other = flow("payouts")
    second = Client()
    second.force_login(ada.user)

    answer = submit(second, other, without=["require_mfa"], mfa_code=code)

    assert answer.status_code == 200
    assert AccessFlow.objects.get(slug="payouts").require_mfa is True


def test_wrong_codes_lock_there_too(browser, ada, refunds):
    for _ in range(5):
        submit(browser, refunds, without=["require_mfa"], mfa_code=ada.wrong_code())

    submit(browser, refunds, without=["require_mfa"], mfa_code=ada.code())

    assert is_flagged() is True


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_stays_counted_in_request_transactions(clock):
    ada = enrolled("ada", is_staff=True, is_superuser=True)
    refunds, browser = flow("refunds"), Client()
    browser.force_login(ada.user)

    submit(browser, refunds, without=["require_mfa"], mfa_code=ada.wrong_code())

    assert ada.budget() == (1, 1)


def test_tightening_needs_no_code(browser, clock):
    row = flow("refunds", require_mfa=False)

    assert submit(browser, row, require_mfa="on").status_code == 302
    assert is_flagged() is True


def test_an_emptied_box_is_no_error_500(browser, refunds):
    form = form_of(browser, refunds)

    for name in form:
        assert submit(browser, refunds, **{name: ""}).status_code in (200, 302)


def test_a_token_of_the_administrator_does_not_help_their_session(browser, ada, refunds):
    verified(by_token(ada), ada)

    submit(browser, refunds, without=["require_mfa"])

    assert is_flagged() is True


def test_an_administrator_without_a_factor_is_told_to_set_one_up(clock, refunds):
    eve, browser = person("eve", is_staff=True, is_superuser=True), Client()
    browser.force_login(eve.user)

    answer = submit(browser, refunds, without=["require_mfa"])

    assert "set up" in str(answer.context["adminform"].form.errors["mfa_code"])
    assert is_flagged() is True


def test_the_slug_cannot_be_changed(browser, refunds):
    submit(browser, refunds, slug="other", name="New name")

    assert AccessFlow.objects.get().slug == "refunds"


def test_creating_a_flow_is_logged(browser, clock):
    answer = browser.post(
        page(AccessFlow, "add"),
        {
            **form_of_new(browser),
            "name": "Refunds",
            "slug": "refunds",
            "require_mfa": "on",
        },
    )

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert is_flagged() is True
    assert AuditEvent.objects.get(kind="flow.created").source == "admin"


def form_of_new(browser):
    form = browser.get(page(AccessFlow, "add")).context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {
        name: _posted(value)
        for name, value in values.items()
        if value is not None and value is not False and value not in ("", [])
    }


def test_a_flagged_flow_is_not_deleted_without_a_verification(browser, ada, refunds):
    url = page(AccessFlow, "delete", refunds.pk)

    assert browser.post(url, {"post": "yes"}).status_code == 403
    assert AccessFlow.objects.exists()
    submit(browser, refunds, mfa_code=ada.code())
    assert browser.post(url, {"post": "yes"}).status_code == 302
    assert not AccessFlow.objects.exists()
    assert AuditEvent.objects.filter(kind="flow.deleted", source="admin").count() == 1


def test_no_action_of_the_list_deletes_flows(browser, refunds):
    browser.post(
        page(AccessFlow), {"action": "delete_selected", "_selected_action": [refunds.pk], "post": "yes"}
    )

    assert AccessFlow.objects.exists()


def test_staff_without_the_permission_change_nothing(clock, refunds):
    staff, browser = enrolled("staff", is_staff=True), Client()
    browser.force_login(staff.user)

    answer = browser.post(page(AccessFlow, "change", refunds.pk), {"name": "x", "mfa_code": staff.code()})

    assert answer.status_code == 403
    viewer = may(enrolled("viewer", is_staff=True), "view_accessflow")
    browser.force_login(viewer.user)
    assert browser.post(page(AccessFlow, "change", refunds.pk), {"name": "x"}).status_code == 403
    assert AccessFlow.objects.get().name == "refunds"

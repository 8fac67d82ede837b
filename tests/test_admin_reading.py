"""What the admin shows of everything but flows: no secret, and nothing to change."""

import base64

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from drf_accessflow_mfa.models import (
    AccessFlow,
    AttemptBudget,
    AuditEvent,
    AuthenticatorApp,
    RecoveryCode,
    RecoveryCodes,
    Verification,
)
from tests.people import by_token, enrolled, flow, verified

pytestmark = pytest.mark.django_db


READ_ONLY = [AuthenticatorApp, RecoveryCodes, AttemptBudget, Verification, AuditEvent]


def page(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def browser(ada):
    browser = Client()
    browser.force_login(ada.user)
    return browser


@pytest.mark.parametrize("model", READ_ONLY)
def test_everything_else_is_for_reading(browser, ada, refunds, clock, model):
    ada.recovery_codes()
    verified(by_token(ada), ada)
    row = model.objects.first()

    assert browser.get(page(model)).status_code == 200
    assert browser.get(page(model, "change", row.pk)).status_code == 200
    assert browser.post(page(model, "change", row.pk), {"confirmed": "on"}).status_code == 403
    assert browser.get(page(model, "add")).status_code == 403
    assert browser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    browser.post(page(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert model.objects.filter(pk=row.pk).exists()


def test_no_page_shows_a_secret_a_code_or_a_binding(browser, ada, refunds, clock):
    codes = ada.recovery_codes()
    verified(by_token(ada), ada)
    raw = base64.b32decode(ada.totp.secret)
    secrets = [ada.totp.secret, raw.hex(), base64.b64encode(raw).decode(), bytes(ada.app.sealed_secret).hex()]
    secrets += (
        codes
        + [code.replace("-", "") for code in codes]
        + list(RecoveryCode.objects.values_list("digest", flat=True))
    )
    secrets += [Verification.objects.get().binding, Verification.objects.get().password_stamp]
    shown = []
    for model in [AccessFlow, *READ_ONLY]:
        shown.append(browser.get(page(model)).content.decode())
        for row in model.objects.all():
            shown.append(browser.get(page(model, "change", row.pk)).content.decode())
            shown.append(browser.get(page(model, "history", row.pk)).content.decode())

    assert len(shown) > 12
    assert not [secret for secret in secrets for text in shown if secret in text]


def test_single_recovery_codes_are_not_in_the_admin():
    assert not admin.site.is_registered(RecoveryCode)


def test_markup_in_names_is_escaped(browser, clock):
    row = flow("refunds", name="<script>alert(1)</script>", require_mfa=False)
    enrolled("<b>x</b>")

    for url in (page(AccessFlow), page(AccessFlow, "change", row.pk), page(AuthenticatorApp)):
        assert "<script>alert(1)" not in browser.get(url).content.decode()


def test_an_administrator_can_delete_an_enrolled_user(browser, clock):
    omar = enrolled("omar")
    omar.recovery_codes()
    verified(by_token(omar), omar)

    answer = browser.post(reverse("admin:auth_user_delete", args=[omar.user.pk]), {"post": "yes"})

    assert answer.status_code == 302
    assert not AuthenticatorApp.objects.filter(user_id=omar.user.pk).exists()

"""Markup where people may type: a real browser shows it, and runs none of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.browsers import Person, Phone

pytestmark = pytest.mark.needs("chromium", "zbarimg")

MARKUP = "<img src=x onerror=document.title='run'>"


def test_markup_in_names_and_reasons_is_shown_and_not_run(
    meet: Callable[..., Person], enroll: Callable[[Person], Phone]
) -> None:
    person = meet()
    enroll(person)
    page = person.go("/account/security/")
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name").fill(MARKUP)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".afm-row").filter(has_text=MARKUP).first).to_be_visible()
    page.evaluate(
        "dispatchEvent(new CustomEvent('mfa-verified', { detail: {} }))"
    )  # regions are fetched anew
    page.wait_for_load_state("networkidle")
    assert page.title() != "run"

    page = person.go("/portal/request/")
    form = page.locator("form").filter(has_text="Customer export")
    form.get_by_label("Why do you need it?").fill(MARKUP)
    form.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("listitem").filter(has_text=MARKUP)).to_be_visible()
    approvals = meet("omar").go("/portal/approvals/")

    expect(approvals.get_by_role("listitem").filter(has_text=MARKUP)).to_be_visible()
    assert {page.title(), approvals.title()} == {
        "My requests · Northgate Access",
        "Approvals · Northgate Access",
    }

"""Enrolling and verifying with plain forms."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browsers import Person, Phone, read_shown_qr

pytestmark = pytest.mark.needs("chromium", "zbarimg")


@pytest.fixture
def plain(meet: Callable[..., Person]) -> Person:
    """Somebody whose browser runs no scripts."""
    return meet(java_script_enabled=False)


def enroll_plainly(person: Person, directory: Path) -> Phone:
    page = person.page
    page.get_by_role("link", name="Set Up MFA").click()
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Continue").click()
    uri = read_shown_qr(page.get_by_role("img", name="QR code"), directory=directory)
    phone = Phone(uri, person.server)
    page.get_by_label("Six-digit code").fill(phone.code())
    page.get_by_role("button", name="Confirm").click()
    return phone


def test_enrolling_shows_the_recovery_codes_once_and_then_the_device(plain: Person, tmp_path: Path) -> None:
    page = plain.page
    enroll_plainly(plain, tmp_path)

    expect(page.locator(".afm-codes li")).to_have_count(10)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".afm-codes li")).to_have_count(10)  # the box is not ticked yet
    page.get_by_label("I have saved these codes").check()
    page.get_by_role("button", name="Done").click()

    expect(page.get_by_role("main")).to_contain_text("Old phone")
    expect(page.locator("mfa-banner")).to_be_hidden()


def test_verifying_leads_back_to_the_page_that_asked(plain: Person, tmp_path: Path) -> None:
    phone = enroll_plainly(plain, tmp_path)
    plain.server.pass_time(timedelta(hours=1, minutes=1))
    page = plain.go("/account/security/")

    page.get_by_role("link", name="Replace codes").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Six-digit code").fill(phone.wrong_code())
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("alert")).to_contain_text("That code was not accepted")
    page.get_by_label("Six-digit code").fill(phone.wrong_code())
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("alert")).to_contain_text("clock of your phone")
    page.get_by_label("Six-digit code").fill(phone.code())
    page.get_by_role("button", name="Verify").click()

    expect(page.get_by_role("heading", name="Replace recovery codes")).to_be_visible()


def test_a_device_is_renamed_and_removed_with_plain_forms(plain: Person, tmp_path: Path) -> None:
    enroll_plainly(plain, tmp_path)
    page = plain.go("/account/security/")

    page.get_by_role("link", name="Rename Old phone").click()
    page.get_by_label("Name").fill("New name")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("New name")
    page.get_by_role("link", name="Remove New name").click()
    expect(page.get_by_role("main")).to_contain_text("It is your only device")
    page.get_by_role("button", name="Remove").click()

    expect(page.get_by_role("main")).to_contain_text("The device is removed")
    expect(page.get_by_role("link", name="Set Up MFA")).to_be_visible()


def test_a_verification_is_forgotten_with_a_plain_form(plain: Person, tmp_path: Path) -> None:
    enroll_plainly(plain, tmp_path)
    page = plain.go("/account/security/")
    expect(page.get_by_text("this session")).to_be_visible()

    page.get_by_role("button", name="Forget").click()

    expect(page.get_by_role("main")).to_contain_text("Nowhere now")

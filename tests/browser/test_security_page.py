"""Security & Privacy, and the verify page, with scripts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browsers import Person, Phone, read_shown_qr

pytestmark = pytest.mark.needs("chromium", "zbarimg")

LATER = timedelta(hours=1, minutes=1)


@pytest.fixture
def phone(person: Person, enroll: Callable[[Person], Phone]) -> Phone:
    """The phone of somebody who enrolled more than an hour ago."""
    phone = enroll(person)
    person.server.pass_time(LATER)
    return phone


def test_replacing_the_codes_asks_for_a_code_in_the_dialog_and_shows_new_ones(
    person: Person, phone: Phone
) -> None:
    page = person.go("/account/security/")

    page.get_by_role("link", name="Replace codes").click()
    page.get_by_role("dialog").get_by_label("Six-digit code").fill(phone.code())
    page.get_by_role("button", name="Replace codes").click()
    expect(page.locator(".afm-codes li")).to_have_count(10)
    page.get_by_label("I have saved these codes").check()
    page.get_by_role("button", name="Done").click()

    expect(page.get_by_role("main")).to_contain_text("Your recovery codes are ready.")


def test_removing_the_only_device_brings_the_banner_back(person: Person, phone: Phone) -> None:
    page = person.go("/account/security/")

    page.get_by_role("link", name="Remove").click()
    page.get_by_role("dialog").get_by_label("Six-digit code").fill(phone.code())
    page.get_by_role("button", name="Remove").click()

    expect(page.locator("mfa-banner")).to_be_visible()


def test_a_verification_in_another_browser_is_seen_and_forgotten(
    person: Person, phone: Phone, meet: Callable[..., Person]
) -> None:
    other = meet(person.username)
    other.page.get_by_role("button", name="Open Production database").click()
    other.page.get_by_role("dialog").get_by_label("Six-digit code").fill(phone.code())
    expect(other.page.get_by_text("is swordfish")).to_be_visible()

    page = person.go("/account/security/")
    expect(page.get_by_text("this session")).to_have_count(0)
    page.get_by_role("button", name="Forget").click()
    expect(page.get_by_role("main")).to_contain_text("The verification is forgotten")

    other.page.get_by_role("button", name="Open Production database").click()
    expect(other.page.get_by_role("dialog")).to_be_visible()


def test_forms_still_count_after_a_code_was_entered_in_another_tab(person: Person, phone: Phone) -> None:
    page = person.go("/account/security/")
    tab = person.context.new_page()
    tab.goto(f"{person.server.base_url}/account/verify/?next=/portal/")
    tab.get_by_label("Six-digit code").fill(phone.code())
    tab.wait_for_url("**/portal/")

    page.get_by_label("Account menu").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_plain_page_sends_the_browser_to_verify_and_back(person: Person, phone: Phone) -> None:
    page = person.page

    page.get_by_role("link", name="Production report").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Six-digit code").press_sequentially(phone.code())

    expect(page.get_by_role("heading", name="Production report")).to_be_visible()


def test_a_plain_page_leads_whoever_has_no_device_through_setting_up_and_back(
    person: Person, tmp_path: Path
) -> None:
    page = person.page

    page.get_by_role("link", name="Production report").click()
    page.get_by_role("main").get_by_role("link", name="Set Up MFA").click()
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Continue").click()
    uri = read_shown_qr(page.get_by_role("img", name="QR code"), directory=tmp_path)
    page.get_by_label("Six-digit code").fill(Phone(uri, person.server).code())
    page.get_by_label("I have saved these codes").check()
    page.get_by_role("button", name="Done").click()

    expect(page.get_by_role("heading", name="Production report")).to_be_visible()

"""Each bad moment has a sentence that helps, and nobody loses their place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browsers import Person, Phone, finish_dialog, read_shown_qr

pytestmark = pytest.mark.needs("chromium", "zbarimg")


@pytest.fixture
def dialog(person: Person) -> Locator:
    person.page.get_by_role("link", name="Set Up MFA").click()
    return person.page.get_by_role("dialog")


def scan(person: Person, dialog: Locator, directory: Path) -> Phone:
    return Phone(read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=directory), person.server)


def answer_and_lose_it(route: Route) -> None:
    route.fetch()
    route.abort()


def test_a_session_that_ended_during_the_set_up_says_that_the_scanned_entry_is_dead(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    phone = scan(person, dialog, tmp_path)
    person.context.clear_cookies(name="sessionid")

    dialog.get_by_label("Enter the six-digit code").fill(phone.code())

    expect(dialog.get_by_role("alert")).to_contain_text("Delete the entry that you scanned")
    person.sign_in_in_another_tab(dialog.get_by_role("link", name="Sign in"))
    dialog.get_by_role("button", name="Start again").click()
    finish_dialog(person, tmp_path)


def test_a_session_that_ended_before_the_set_up_is_renewed_from_the_dialog(
    person: Person, tmp_path: Path
) -> None:
    person.context.clear_cookies(name="sessionid")
    person.page.get_by_role("link", name="Set Up MFA").click()
    dialog = person.page.get_by_role("dialog")

    person.sign_in_in_another_tab(dialog.get_by_role("link", name="Sign in"))
    dialog.get_by_role("button", name="Start again").click()

    finish_dialog(person, tmp_path)


def test_an_answer_that_was_lost_on_its_way_does_not_start_a_second_app(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    phone = scan(person, dialog, tmp_path)
    person.page.route("**/confirmation/", answer_and_lose_it, times=1)
    dialog.get_by_label("Enter the six-digit code").fill(phone.code())
    expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached")

    dialog.get_by_role("button", name="Confirm").click()

    expect(dialog).to_contain_text("If you have not saved yours, make new ones.")
    expect(person.page.locator("mfa-banner")).to_be_hidden()
    dialog.get_by_role("link", name="Replace codes").click()
    person.page.get_by_role("button", name="Replace codes").click()
    expect(person.page.locator(".afm-codes li")).to_have_count(10)
    person.go("/portal/")


def test_an_answer_that_was_lost_with_the_session_is_found_out_too(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    phone = scan(person, dialog, tmp_path)
    person.page.route("**/confirmation/", answer_and_lose_it, times=1)
    dialog.get_by_label("Enter the six-digit code").fill(phone.code())
    expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached")
    person.context.clear_cookies(name="sessionid")
    dialog.get_by_role("button", name="Confirm").click()
    person.sign_in_in_another_tab(dialog.get_by_role("link", name="Sign in"))

    dialog.get_by_role("button", name="Start again").click()

    expect(dialog).to_contain_text("The authenticator app is set up.")


def test_a_reloaded_page_of_recovery_codes_says_how_to_get_new_ones(person: Person, tmp_path: Path) -> None:
    page = person.go("/account/security/devices/add/")
    page.get_by_role("button", name="Continue").click()
    uri = read_shown_qr(page.get_by_role("img", name="QR code"), directory=tmp_path)
    page.get_by_label("six-digit code").fill(Phone(uri, person.server).code())
    expect(page.locator(".afm-codes li")).to_have_count(10)

    page.reload()

    expect(page.get_by_role("alert")).to_contain_text("The authenticator app is set up.")
    expect(page.get_by_role("link", name="Replace codes")).to_be_visible()


def test_a_lock_during_the_set_up_speaks_of_no_recovery_code(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    phone = scan(person, dialog, tmp_path)
    lock(dialog.get_by_label("Enter the six-digit code"), phone)

    expect(dialog.get_by_role("alert")).to_contain_text("Too many wrong codes. Wait before you try again.")
    expect(dialog.get_by_role("alert")).not_to_contain_text("recovery")


def test_codes_that_are_refused_for_good_send_to_the_administrator(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    phone = scan(person, dialog, tmp_path)
    locked = {"code": "mfa_locked", "detail": "", "retry_after": 86_400}
    person.page.route("**/confirmation/", lambda route: route.fulfill(status=429, json=locked), times=1)

    dialog.get_by_label("Enter the six-digit code").fill(phone.code())

    expect(dialog.get_by_role("alert")).to_have_text("Too many wrong codes in a row. Ask your administrator.")
    expect(dialog.get_by_role("timer")).to_have_count(0)


def test_after_the_set_up_from_the_banner_the_focus_is_on_the_heading(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    enroll(person)

    expect(person.page.get_by_role("heading", level=1)).to_be_focused()


def test_after_the_set_up_from_the_page_the_focus_is_on_the_same_button(
    person: Person, tmp_path: Path
) -> None:
    page = person.go("/account/security/")
    set_up = page.get_by_role("main").get_by_role("link", name="Set up")
    set_up.click()

    finish_dialog(person, tmp_path)

    expect(page.get_by_role("main")).to_contain_text("10 codes left")
    expect(set_up).to_be_focused()


def test_a_locked_verify_page_leaves_the_focus_on_the_other_way_in(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    phone = enroll(person)
    page = person.go("/account/verify/?next=/portal/")
    for _ in range(6):
        submit(page, phone.wrong_code())

    expect(page.get_by_role("link", name="Use a recovery code instead")).to_be_focused()
    expect(page).to_have_title("Too many wrong codes · Confirm that it is you · Northgate Access")


def lock(field: Locator, phone: Phone) -> None:
    for _ in range(5):
        field.fill(phone.wrong_code())
        expect(field).to_be_empty()
    field.fill(phone.wrong_code())
    expect(field).to_be_disabled()


def submit(page: Page, code: str) -> None:
    with page.expect_navigation():
        page.get_by_label("Six-digit code").fill(code)

"""Each state of the enrollment dialog."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browsers import Person, Phone, finish_dialog, read_shown_qr

pytestmark = pytest.mark.needs("chromium", "zbarimg")


@pytest.fixture
def dialog(person: Person) -> Locator:
    person.page.get_by_role("link", name="Set Up MFA").click()
    dialog = person.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Set up an authenticator app")).to_be_focused()
    return dialog


def scan(person: Person, dialog: Locator, directory: Path) -> Phone:
    return Phone(read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=directory), person.server)


def test_the_key_can_be_typed_and_copied_instead(person: Person, dialog: Locator, tmp_path: Path) -> None:
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])

    dialog.get_by_text("No camera?").click()
    dialog.get_by_role("button", name="Copy key").click()

    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    shown = dialog.locator("[data-slot=key]").text_content() or ""
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert [len(group) for group in shown.split(" ")] == [4] * 8
    assert f"secret={copied}&" in read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=tmp_path)


def test_a_wrong_first_code_keeps_the_qr_code_on_the_screen(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    phone = scan(person, dialog, tmp_path)

    dialog.get_by_label("Enter the six-digit code").fill(phone.wrong_code())

    expect(dialog.get_by_role("alert")).to_contain_text("That code was not accepted")
    expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    finish_dialog(person, tmp_path)


def test_the_recovery_codes_must_be_acknowledged(person: Person, dialog: Locator, tmp_path: Path) -> None:
    dialog.get_by_label("Enter the six-digit code").fill(scan(person, dialog, tmp_path).code())
    expect(dialog.get_by_role("heading", name="Save your recovery codes")).to_be_focused()
    expect(dialog.locator(".afm-codes li")).to_have_count(10)

    dialog.get_by_role("button", name="Done").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Tick the box")
    person.page.keyboard.press("Escape")
    person.page.keyboard.press("Escape")

    expect(dialog.locator(".afm-codes li")).to_have_count(10)
    expect(dialog).to_be_visible()


def test_the_recovery_codes_can_be_copied_and_downloaded(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_label("Enter the six-digit code").fill(scan(person, dialog, tmp_path).code())
    shown = dialog.locator(".afm-codes code").all_text_contents() or []
    expect(dialog.locator(".afm-codes li")).to_have_count(10)
    shown = dialog.locator(".afm-codes code").all_text_contents()

    dialog.get_by_role("button", name="Copy").click()
    with person.page.expect_download() as downloading:
        dialog.get_by_role("button", name="Download").click()
    downloading.value.save_as(tmp_path / "codes.txt")

    assert person.page.evaluate("navigator.clipboard.readText()").splitlines() == shown
    assert (tmp_path / "codes.txt").read_text().splitlines() == shown


def test_the_recovery_codes_can_be_printed(person: Person, dialog: Locator, tmp_path: Path) -> None:
    dialog.get_by_label("Enter the six-digit code").fill(scan(person, dialog, tmp_path).code())
    expect(dialog.locator(".afm-codes li")).to_have_count(10)
    person.page.evaluate("window.print = () => { document.documentElement.lang = 'printed' }")

    dialog.get_by_role("button", name="Print").click()

    expect(person.page.locator("html")).to_have_attribute("lang", "printed")


def test_a_set_up_that_took_too_long_starts_again(person: Person, dialog: Locator, tmp_path: Path) -> None:
    phone = scan(person, dialog, tmp_path)
    person.server.pass_time(timedelta(minutes=11))
    dialog.get_by_label("Enter the six-digit code").fill(phone.code())

    expect(dialog.get_by_role("alert")).to_contain_text("This set-up is over")
    dialog.get_by_role("button", name="Start again").click()
    finish_dialog(person, tmp_path)


def test_two_tabs_the_one_that_began_last_wins_and_the_banner_goes_in_both(
    person: Person, dialog: Locator, tmp_path: Path
) -> None:
    first = scan(person, dialog, tmp_path)
    tab = person.context.new_page()
    tab.goto(f"{person.server.base_url}/portal/")
    tab.get_by_role("link", name="Set Up MFA").click()
    in_tab = tab.get_by_role("dialog")
    uri = read_shown_qr(in_tab.get_by_role("img", name="QR code"), directory=tmp_path)

    dialog.get_by_label("Enter the six-digit code").fill(first.code())
    expect(dialog.get_by_role("alert")).to_contain_text("was started again elsewhere")
    in_tab.get_by_label("Enter the six-digit code").fill(Phone(uri, person.server).code())
    expect(in_tab.locator(".afm-codes li")).to_have_count(10)

    expect(person.page.locator("mfa-banner")).to_be_hidden()


def test_cancelling_leaves_nothing_behind(person: Person, dialog: Locator) -> None:
    dialog.get_by_role("button", name="Cancel").click()

    expect(dialog).to_be_hidden()
    expect(person.page.locator("mfa-banner")).to_be_visible()
    assert person.page.locator("mfa-dialog dialog [data-slot=view]").inner_html() == ""
    assert (person.page.locator("mfa-dialog dialog").text_content() or "").strip() == ""


def test_a_second_app_asks_for_a_code_of_the_first(
    person: Person, enroll: Callable[[Person], Phone], tmp_path: Path
) -> None:
    phone = enroll(person)
    person.server.pass_time(timedelta(hours=1, minutes=1))
    page = person.go("/account/security/")

    page.get_by_role("link", name="Set up an authenticator app").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Six-digit code").fill(phone.code())
    second = scan(person, dialog, tmp_path)
    dialog.get_by_label("Enter the six-digit code").fill(second.code())

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("Authenticator app 2")


def test_the_back_button_after_enrolling_shows_no_banner(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    person.go("/account/security/")
    person.go("/portal/")
    enroll(person)

    person.page.go_back()

    expect(person.page.locator("mfa-banner")).to_be_hidden()
    expect(person.page.get_by_role("main")).to_contain_text("10 codes left")

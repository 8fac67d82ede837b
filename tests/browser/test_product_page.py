"""The promises of the product page, one by one, as somebody sees them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browsers import Person, Phone, finish_dialog

pytestmark = pytest.mark.needs("chromium", "zbarimg")

Meet = Callable[..., Person]
Enroll = Callable[[Person], Phone]


def banner_of(person: Person):
    return person.page.locator("mfa-banner")


def open_vault(person: Person, name: str) -> None:
    person.page.get_by_role("button", name=f"Open {name}").click()


def result_of(person: Person, name: str):
    return person.page.get_by_role("listitem").filter(has_text=name).get_by_role("status")


def test_1_a_password_alone_does_not_open_what_a_flow_guards(person: Person) -> None:
    open_vault(person, "Production database")

    expect(person.page.get_by_role("dialog")).to_contain_text("Set up an authenticator app")
    expect(result_of(person, "Production database")).to_be_empty()


def test_2_other_flows_stay_as_they_are(person: Person) -> None:
    open_vault(person, "Staging logs")

    expect(result_of(person, "Staging logs")).to_contain_text("swordfish")
    expect(person.page.get_by_role("dialog")).to_be_hidden()


def test_3_whoever_guesses_codes_is_stopped_after_five(person: Person, enroll: Enroll) -> None:
    phone = enroll(person)
    person.server.pass_time(timedelta(hours=1, minutes=1))
    open_vault(person, "Production database")
    code = person.page.get_by_role("dialog").get_by_label("Six-digit code")

    for _ in range(5):
        code.fill(phone.wrong_code())
        expect(code).to_be_empty()
    code.fill(phone.wrong_code())

    expect(person.page.get_by_role("dialog")).to_contain_text("Too many wrong codes")
    expect(code).to_be_disabled()


def test_4_the_log_tells_when_mfa_was_performed(person: Person, enroll: Enroll) -> None:
    enroll(person)

    page = person.go("/account/security/log/")

    expect(page.get_by_role("listitem").filter(has_text="You passed MFA")).to_have_count(1)


def test_5_the_dialog_names_the_common_apps_and_its_qr_code_is_read(person: Person, tmp_path: Path) -> None:
    person.page.get_by_role("link", name="Set Up MFA").click()

    dialog = person.page.get_by_role("dialog")
    for app in ("Google Authenticator", "Microsoft Authenticator", "1Password", "Authy"):
        expect(dialog).to_contain_text(app)
    finish_dialog(person, tmp_path)


def test_6_a_banner_asks_to_set_up_mfa_where_a_flow_requires_it(person: Person) -> None:
    expect(banner_of(person)).to_be_visible()
    expect(banner_of(person).get_by_role("link", name="Set Up MFA")).to_be_visible()


def test_7_a_new_flow_has_the_toggle_after_its_name_and_then_the_remaining_steps(meet: Meet) -> None:
    page = meet("ada").go("/portal/flows/")
    page.get_by_role("link", name="Create Access Flow").click()

    page.get_by_label("Name").fill("Payroll export")
    page.keyboard.press("Tab")
    toggle = page.get_by_role("switch", name="Require MFA")
    expect(toggle).to_be_focused()
    page.keyboard.press("Space")
    expect(toggle).to_have_css("background-color", "rgb(22, 128, 60)")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Description").fill("Salaries of everybody.")
    page.get_by_role("button", name="Create Access Flow").click()

    expect(page.get_by_role("main")).to_contain_text("Payroll export requires MFA")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("listitem").filter(has_text="Payroll export")).to_contain_text("Requires MFA")


def test_8_an_existing_flow_is_changed_through_its_rows_menu(meet: Meet) -> None:
    person = meet("ada")
    page = person.go("/portal/flows/new/")
    page.get_by_label("Name").fill("Backups")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create Access Flow").click()
    page.get_by_role("link", name="Done").click()

    page.get_by_role("searchbox").fill("backups")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[data-flow]")).to_have_count(1)
    page.locator("[data-flow=backups] summary").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_role("switch", name="Require MFA").check()
    page.get_by_role("button", name="Save Access Flow").click()

    expect(page.get_by_role("heading", name="Access flow saved")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("[data-flow=backups]")).to_contain_text("Requires MFA")


def test_9_security_and_privacy_is_in_the_menu_of_the_avatar(person: Person) -> None:
    page = person.page

    page.get_by_label("Account menu").click()
    page.get_by_role("link", name="Security & Privacy").click()

    expect(page.get_by_role("heading", name="Multi-Factor Authentication")).to_be_visible()


def test_10_setting_up_there_opens_a_dialog_and_afterwards_the_banner_is_gone(
    person: Person, tmp_path: Path
) -> None:
    page = person.go("/account/security/")
    row = page.get_by_role("listitem").filter(has_text="Add Authentication App")
    page.evaluate("window.notReloaded = true")

    row.get_by_role("link", name="Set up").click()
    finish_dialog(person, tmp_path)

    expect(banner_of(person)).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("10 codes left")
    assert page.evaluate("window.notReloaded")


def test_11_a_protected_call_asks_for_six_digits_and_then_succeeds(person: Person, enroll: Enroll) -> None:
    phone = enroll(person)
    person.server.pass_time(timedelta(hours=1, minutes=1))

    open_vault(person, "Production database")
    person.page.get_by_role("dialog").get_by_label("Six-digit code").press_sequentially(phone.code())

    expect(person.page.get_by_role("dialog")).to_be_hidden()
    expect(result_of(person, "Production database")).to_contain_text("swordfish")


def test_12_a_success_lasts_an_hour_for_every_request_and_no_longer(person: Person, enroll: Enroll) -> None:
    enroll(person)

    person.server.pass_time(timedelta(minutes=59))
    open_vault(person, "Production database")
    expect(result_of(person, "Production database")).to_contain_text("swordfish")

    person.server.pass_time(timedelta(minutes=2))
    open_vault(person, "Production database")
    expect(person.page.get_by_role("dialog")).to_contain_text("Confirm that it is you")

"""What the portal does around the package."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import finish_dialog
from tests.support.browsers import Person, Phone

pytestmark = pytest.mark.needs("chromium", "zbarimg")

Meet = Callable[..., Person]


def create_flow(person: Person, name: str) -> None:
    page = person.go("/portal/flows/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("switch").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create Access Flow").click()
    page.get_by_role("link", name="Done").click()


def test_loosening_a_flow_asks_for_a_code_and_then_saves_what_was_typed(meet: Meet, tmp_path: Path) -> None:
    ada = meet("ada")
    create_flow(ada, "Loosened")
    page = ada.go("/portal/flows/loosened/edit/")
    page.get_by_role("switch").uncheck()
    page.get_by_label("Description").fill("Typed before the code.")

    page.get_by_role("button", name="Save Access Flow").click()
    finish_dialog(ada, tmp_path)

    expect(page.get_by_role("main")).to_contain_text("Loosened does not require MFA")
    page.get_by_role("link", name="Done").click()
    expect(page.locator("[data-flow=loosened]")).to_contain_text("Typed before the code.")
    ada.go("/account/security/")
    page.get_by_role("link", name="Remove Authenticator app").click()
    page.get_by_role("button", name="Remove").click()


def test_a_request_is_announced_made_approved_and_shown_with_its_time(meet: Meet, tmp_path: Path) -> None:
    person, omar = meet(), meet("omar")
    page = person.go("/portal/request/")
    form = page.locator("form").filter(has_text="Customer export")
    expect(form).to_contain_text("You will set up MFA first.")

    form.get_by_label("Why do you need it?").fill("Quarterly report")
    form.get_by_role("button", name="Request access").click()
    finish_dialog(person, tmp_path)
    expect(page.get_by_role("listitem").filter(has_text="Quarterly report")).to_contain_text(
        "waiting for approval"
    )

    row = omar.go("/portal/approvals/").get_by_role("listitem").filter(has_text=person.username)
    row.get_by_role("button", name="Approve").click()
    finish_dialog(omar, tmp_path)
    expect(omar.page.get_by_role("main")).not_to_contain_text(person.username)

    person.page.reload()
    expect(page.get_by_role("listitem").filter(has_text="Quarterly report")).to_contain_text("left")
    person.go("/account/security/")


def test_the_activity_is_filtered_and_exported(meet: Meet, enroll: Callable[[Person], Phone]) -> None:
    person = meet()
    enroll(person)
    page = person.go("/portal/activity/")

    page.get_by_label("Kind").select_option("device.enrolled")
    page.get_by_role("button", name="Filter").click()

    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export CSV").click()
    lines = Path(downloading.value.path()).read_text().splitlines()
    assert [line.split(",")[1] for line in lines] == ["kind", "device.enrolled"]


def test_the_filter_of_the_activity_reads_the_clock_of_its_reader(
    meet: Meet, enroll: Callable[[Person], Phone]
) -> None:
    person = meet(timezone_id="Asia/Tokyo")
    enroll(person)
    page = person.go("/portal/activity/")
    expect(page.get_by_text("(UTC)").first).to_be_hidden()
    now = (person.server.now() + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")

    page.get_by_label("Until").fill(now)
    page.get_by_label("Since").fill(now[:11] + "00:00")
    page.get_by_role("button", name="Filter").click()

    expect(page.get_by_text("Passed MFA").last).to_be_visible()
    expect(page.get_by_label("Until")).to_have_value(now)
    expect(page.locator("tbody tr").first).to_be_visible()


def test_what_a_request_will_ask_is_up_to_date_after_a_code(
    meet: Meet, enroll: Callable[[Person], Phone]
) -> None:
    person = meet()
    page = person.go("/portal/request/")
    form = page.locator("form").filter(has_text="Customer export")
    expect(form).to_contain_text("You will set up MFA first.")

    enroll(person)

    expect(form.get_by_text("You are verified: no code is needed now.")).to_be_visible()
    expect(form.get_by_text("You will set up MFA first.")).to_be_hidden()


def test_access_is_requested_for_as_long_as_was_chosen(meet: Meet) -> None:
    page = meet().go("/portal/request/")
    form = page.locator("form").filter(has_text="Staging logs")

    form.get_by_label("For how long?").select_option("30 minutes")
    form.get_by_role("button", name="Request access").click()

    expect(page.get_by_role("listitem").filter(has_text="Staging logs")).to_contain_text("29 minutes left")


def test_the_enter_key_neither_goes_back_nor_rejects(meet: Meet) -> None:
    page = meet("ada").go("/portal/flows/new/")
    page.get_by_label("Name").fill("By keyboard")
    page.get_by_label("Name").press("Enter")
    page.get_by_label("Approvals required").press("Enter")
    expect(page.get_by_role("heading", name="Access flow created")).to_be_visible()


def test_both_menus_open_close_and_lead_on_by_keyboard_alone(meet: Meet) -> None:
    page = meet("ada").go("/portal/flows/")
    row, avatar = page.get_by_label("Actions for Staging logs"), page.get_by_label("Account menu")

    row.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Edit")).to_be_hidden()
    expect(row).to_be_focused()
    avatar.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Security & Privacy")).to_be_focused()
    row.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Edit Access Flow")).to_be_visible()


def test_on_a_narrow_screen_the_menu_is_one_row_that_shows_where_one_is(meet: Meet) -> None:
    page = meet(viewport={"width": 320, "height": 640}).go("/portal/activity/")

    expect(page.get_by_role("link", name="Activity")).to_be_in_viewport(ratio=1)
    assert page.locator(".nav").bounding_box()["height"] < 60


def test_the_portal_is_marked_as_english_where_the_rest_speaks_german(meet: Meet) -> None:
    page = meet(locale="de-DE").go("/portal/request/")

    expect(page.get_by_role("main")).to_have_attribute("lang", "en")
    expect(page.get_by_role("main")).to_contain_text("8 hours (the longest)")
    expect(page.locator("header.top")).to_have_attribute("lang", "en")
    expect(page.locator("mfa-banner")).to_contain_text("MFA einrichten")


def test_the_pages_speak_the_language_of_the_browser(meet: Meet) -> None:
    page = meet(locale="de-DE").go("/account/security/")

    expect(page.get_by_role("heading", name="Multi-Faktor-Authentifizierung")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.get_by_role("main").get_attribute("lang") is None


def test_an_arabic_page_runs_from_right_to_left(meet: Meet) -> None:
    page = meet(locale="ar").go("/account/security/")

    expect(page.locator("html")).to_have_attribute("dir", "rtl")

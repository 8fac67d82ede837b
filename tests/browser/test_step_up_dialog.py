"""Each state of the step-up dialog."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browsers import Person, Phone, finish_dialog

pytestmark = pytest.mark.needs("chromium", "zbarimg")

LATER = timedelta(hours=1, minutes=1)


@pytest.fixture
def phone(person: Person, enroll: Callable[[Person], Phone]) -> Phone:
    """The phone of somebody who enrolled more than an hour ago."""
    phone = enroll(person)
    person.server.pass_time(LATER)
    return phone


@pytest.fixture
def dialog(person: Person, phone: Phone) -> Locator:
    """The dialog that a challenged call has opened."""
    person.page.get_by_role("button", name="Open Production database").click()
    dialog = person.page.get_by_role("dialog")
    expect(dialog.get_by_label("Six-digit code")).to_be_focused()
    return dialog


def opened(person: Person) -> Locator:
    return person.page.get_by_text("The password of production-database is swordfish.")


def test_a_pasted_code_with_a_space_is_submitted_at_once(
    person: Person, phone: Phone, dialog: Locator
) -> None:
    code = phone.code()

    dialog.get_by_label("Six-digit code").evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true})) }",
        f"{code[:3]} {code[3:]}",
    )

    expect(opened(person)).to_be_visible()


def test_the_field_lets_phones_offer_the_code(dialog: Locator) -> None:
    field = dialog.get_by_label("Six-digit code")

    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_have_attribute("inputmode", "numeric")


def test_a_wrong_code_is_said_aloud_and_can_be_tried_again(
    person: Person, phone: Phone, dialog: Locator
) -> None:
    field = dialog.get_by_label("Six-digit code")

    field.fill(phone.wrong_code())

    expect(dialog.get_by_role("alert")).to_contain_text("That code was not accepted")
    expect(field).to_be_empty()
    expect(field).to_be_focused()
    field.fill(phone.code())
    expect(opened(person)).to_be_visible()


def test_after_two_wrong_codes_the_clock_of_the_phone_is_suspected(phone: Phone, dialog: Locator) -> None:
    field = dialog.get_by_label("Six-digit code")

    field.fill(phone.wrong_code())
    expect(field).to_be_empty()
    expect(dialog.get_by_role("alert")).not_to_contain_text("clock")
    field.fill(phone.wrong_code())

    expect(dialog.get_by_role("alert")).to_contain_text("the clock of your phone may be wrong")


def test_a_lock_counts_down_and_gives_the_field_back(person: Person, phone: Phone, dialog: Locator) -> None:
    person.page.clock.install()
    field = dialog.get_by_label("Six-digit code")
    for _ in range(5):
        field.fill(phone.wrong_code())
        expect(field).to_be_empty()
    field.fill(phone.wrong_code())
    expect(dialog.get_by_role("timer")).to_contain_text("0:")
    expect(dialog.get_by_role("button", name="Use a recovery code instead")).to_be_focused()

    person.page.clock.fast_forward(31_000)
    person.server.pass_time(timedelta(seconds=31))

    expect(field).to_be_enabled()
    expect(field).to_be_focused()
    expect(person.page.get_by_text("You can try again now.")).to_be_attached()
    field.fill(phone.code())
    expect(opened(person)).to_be_visible()


def test_a_recovery_code_helps_when_the_phone_is_lost(person: Person, tmp_path: Path) -> None:
    page = person.page
    page.get_by_role("link", name="Set Up MFA").click()
    codes: list[str] = []
    page.on(
        "response",
        lambda answer: (
            codes.extend(answer.json()["recovery_codes"]) if "confirmation" in answer.url else None
        ),
    )
    finish_dialog(person, tmp_path)
    person.server.pass_time(LATER)
    page.get_by_role("button", name="Open Production database").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_role("button", name="Use a recovery code instead").click()
    dialog.get_by_label("Recovery code").fill("0000-0000-0000-0000-0000-0000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("That recovery code was not accepted")
    dialog.get_by_label("Recovery code").fill(codes[0].lower())
    page.keyboard.press("Enter")

    expect(opened(person)).to_be_visible()


def test_cancelling_leaves_the_call_refused_and_the_focus_where_it_was(
    person: Person, dialog: Locator
) -> None:
    person.page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(person.page.get_by_role("button", name="Open Production database")).to_be_focused()
    expect(person.page.get_by_text("This needs a fresh second factor.")).to_be_visible()


def test_several_challenged_calls_open_one_dialog_and_all_succeed(person: Person, phone: Phone) -> None:
    page = person.page
    asked: list[str] = []
    page.on("request", lambda call: asked.append(call.url) if call.url.endswith("/verifications/") else None)

    page.get_by_role("button", name="Open all").click()
    page.get_by_role("dialog").get_by_label("Six-digit code").fill(phone.code())

    expect(page.locator("[data-result]:empty")).to_have_count(0)
    expect(page.get_by_text("This needs a fresh second factor.")).to_have_count(0)
    expect(opened(person)).to_be_visible()
    assert len(asked) == 1


def test_whoever_has_no_device_enrolls_on_the_spot_and_the_call_succeeds(
    person: Person, tmp_path: Path
) -> None:
    person.page.get_by_role("button", name="Open Production database").click()

    finish_dialog(person, tmp_path)

    expect(opened(person)).to_be_visible()


def test_without_network_the_dialog_says_so_and_keeps_the_code(
    person: Person, phone: Phone, dialog: Locator
) -> None:
    person.context.set_offline(True)
    code = phone.code()
    dialog.get_by_label("Six-digit code").fill(code)

    expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(dialog.get_by_label("Six-digit code")).to_have_value(code)
    person.context.set_offline(False)
    dialog.get_by_role("button", name="Verify").click()
    expect(opened(person)).to_be_visible()


def test_a_server_that_restarts_is_waited_for(person: Person, phone: Phone, dialog: Locator) -> None:
    person.page.route(
        "**/verifications/", lambda route: route.fulfill(status=502, body="Bad gateway"), times=1
    )
    dialog.get_by_label("Six-digit code").fill(phone.code())

    expect(dialog.get_by_role("alert")).to_contain_text("not answering properly")
    dialog.get_by_role("button", name="Verify").click()
    expect(opened(person)).to_be_visible()


def test_an_ended_session_is_renewed_in_another_tab(person: Person, phone: Phone, dialog: Locator) -> None:
    person.context.clear_cookies(name="sessionid")
    dialog.get_by_label("Six-digit code").fill(phone.code())

    expect(dialog.get_by_role("alert")).to_contain_text("Your session has ended")
    with person.context.expect_page() as opening:
        dialog.get_by_role("link", name="Sign in").click()
    tab = opening.value
    tab.get_by_label("User name").fill(person.username)
    tab.get_by_label("Password").fill("accessflow-demo")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/portal/")
    tab.close()
    dialog.get_by_role("button", name="Verify").click()

    expect(opened(person)).to_be_visible()


def test_a_code_entered_in_one_tab_serves_the_dialog_in_the_other(
    person: Person, phone: Phone, dialog: Locator
) -> None:
    tab = person.context.new_page()
    tab.goto(f"{person.server.base_url}/portal/")
    tab.get_by_role("button", name="Open Production database").click()
    tab.get_by_role("dialog").get_by_label("Six-digit code").fill(phone.code())

    expect(opened(person)).to_be_visible()
    expect(dialog).to_be_hidden()


def test_the_keyboard_alone_is_enough_and_stays_in_the_dialog(
    person: Person, phone: Phone, dialog: Locator
) -> None:
    page = person.page
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
        assert inside
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Six-digit code")).to_be_focused()
    page.keyboard.type(phone.code())

    expect(opened(person)).to_be_visible()


@pytest.fixture
def demanding_flow(person: Person) -> Iterator[None]:
    """The flow asks for a security key; as it was again for the tests that share the server."""
    change = (
        "from drf_accessflow_mfa.models import AccessFlow; "
        "AccessFlow.objects.filter(slug='production-database').update(acr='{}')"
    )
    person.server.manage("shell", "-c", change.format("phr"))
    yield
    person.server.manage("shell", "-c", change.format("https://refeds.org/profile/mfa"))


def test_whoever_has_no_device_that_is_strong_enough_is_told_whom_to_ask(
    person: Person, phone: Phone, demanding_flow: None
) -> None:
    person.page.get_by_role("button", name="Open Production database").click()

    told = person.page.get_by_role("dialog").get_by_text("Ask your administrator for a security key.")
    expect(told).to_be_visible()

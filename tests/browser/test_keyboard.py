"""Setting up with the keyboard alone; the dialog for a code and the menus are tested beside theirs."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsers import Person, Phone, read_shown_qr

pytestmark = pytest.mark.needs("chromium", "zbarimg")

FURTHEST = 30


def tab_to(page: Page, control: Locator) -> None:
    """Press the tabulator until a control has the focus."""
    for _ in range(FURTHEST):
        if control.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(control).to_be_focused()


def test_setting_up_needs_no_mouse(person: Person, tmp_path: Path) -> None:
    page = person.page
    dialog = page.get_by_role("dialog")
    tab_to(page, page.get_by_role("link", name="Set Up MFA"))
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="Set up an authenticator app")).to_be_focused()

    tab_to(page, dialog.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, dialog.get_by_role("button", name="Copy key"))
    uri = read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=tmp_path)
    tab_to(page, dialog.get_by_label("six-digit code"))
    page.keyboard.type(Phone(uri, person.server).code())
    expect(dialog.get_by_role("heading", name="Save your recovery codes")).to_be_focused()
    tab_to(page, dialog.get_by_label("I have saved these codes"))
    page.keyboard.press("Space")
    tab_to(page, dialog.get_by_role("button", name="Done"))
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.locator("mfa-banner")).to_be_hidden()

"""How it reads: on paper, from right to left, and in the user's own habits."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import Person, Phone, read_shown_qr

pytestmark = pytest.mark.needs("chromium", "zbarimg")

EDGES = "box => { const {left, right} = box.getBoundingClientRect(); return [left, right].map(Math.round) }"


def test_printed_recovery_codes_say_what_they_are_for_and_leave_the_rest_out(
    person: Person, tmp_path: Path
) -> None:
    page = person.page
    page.get_by_role("link", name="Set Up MFA").click()
    dialog = page.get_by_role("dialog")
    uri = read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=tmp_path)
    dialog.get_by_label("six-digit code").fill(Phone(uri, person.server).code())
    expect(dialog.locator(".afm-codes li")).to_have_count(10)
    sheet = dialog.locator(".afm-printed")
    expect(sheet).to_be_hidden()

    page.emulate_media(media="print")

    expect(sheet).to_contain_text(f" · {person.username} · ")
    expect(sheet).to_be_visible()
    expect(dialog.get_by_role("button", name="Done")).to_be_hidden()
    backdrop = "getComputedStyle(document.querySelector('dialog'), '::backdrop').display"
    assert page.evaluate(backdrop) == "none"


def test_from_right_to_left_a_name_stands_where_its_line_begins(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    enroll(person)
    page = person.go("/account/security/")
    row = page.get_by_role("listitem").filter(has_text="Remove")
    name, line = row.locator("strong bdi"), row.locator(".afm-row-text")
    left_to_right = (name.evaluate(EDGES)[0], line.evaluate(EDGES)[0])

    page.evaluate("document.documentElement.dir = 'rtl'")

    assert left_to_right[0] == left_to_right[1]
    assert name.evaluate(EDGES)[1] == line.evaluate(EDGES)[1]
    assert isolation_of(page) == "isolate"


def isolation_of(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('.afm time')).unicodeBidi"))


@pytest.mark.parametrize(
    ("locale", "written"),
    [("en-GB", r"\d+ [A-Z]\w+ \d{4}, \d\d:\d\d$"), ("en-US", r"[A-Z]\w+ \d+, \d{4}, .*[AP]M$")],
)
def test_moments_are_written_as_the_browser_is_used_to(
    meet: Callable[..., Person], enroll: Callable[[Person], Phone], locale: str, written: str
) -> None:
    person = meet(locale=locale)
    enroll(person)

    page = person.go("/account/security/")

    expect(page.locator(".afm-log time").first).to_have_text(re.compile(written))


def test_digits_of_another_script_are_a_code_too(person: Person, enroll: Callable[[Person], Phone]) -> None:
    phone = enroll(person)
    person.server.pass_time(timedelta(hours=1, minutes=1))
    person.page.get_by_role("button", name="Open Production database").click()
    arabic = phone.code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    person.page.get_by_role("dialog").get_by_label("Six-digit code").fill(arabic)

    expect(person.page.get_by_text("is swordfish")).to_be_visible()


def test_where_nobody_has_translated_the_texts_moments_are_in_english_too(
    meet: Callable[..., Person], enroll: Callable[[Person], Phone]
) -> None:
    person = meet(locale="ar")
    enroll(person)

    page = person.go("/account/security/")

    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator(".afm-log time").first).to_have_text(re.compile(r"[A-Z]\w+ \d+, \d{4}, "))

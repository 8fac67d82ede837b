"""What a screen reader is told: from the accessibility tree, which has nothing that is inert."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import Person, Phone, finish_dialog

pytestmark = pytest.mark.needs("chromium", "zbarimg")


def spoken_by(page: Page) -> str:
    """Return the text of every live region that assistive technology can see."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    live = [node for node in nodes.values() if role_of(node) in {"status", "alert"} and not node["ignored"]]
    return " ".join(text for region in live for text in texts_in(region, nodes))


def texts_in(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Iterator[str]:
    if role_of(node) == "StaticText":
        yield node["name"]["value"]
    for child in node.get("childIds", ()):
        yield from texts_in(nodes[child], nodes)


def role_of(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def test_a_lock_is_told_with_its_wait_and_once_more_before_it_ends(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    phone, page = enroll(person), person.page
    person.server.pass_time(timedelta(hours=1, minutes=1))
    page.clock.install()
    page.get_by_role("button", name="Open Production database").click()
    field = page.get_by_role("dialog").get_by_label("Six-digit code")
    for _ in range(5):
        field.fill(phone.wrong_code())
        expect(field).to_be_empty()
    field.fill(phone.wrong_code())
    expect(field).to_be_disabled()
    assert "Wait before you try again, or use a recovery code. Try again in" in spoken_by(page)
    assert "seconds." in spoken_by(page)

    page.clock.fast_forward(21_000)
    assert "Try again in 10 seconds." in spoken_by(page) or "Try again in 9 seconds." in spoken_by(page)
    page.clock.fast_forward(10_000)

    expect(field).to_be_enabled()
    assert "You can try again now." in spoken_by(page)


def test_what_came_of_it_is_told_after_the_dialog_has_closed(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    phone, page = enroll(person), person.page
    assert "The authenticator app is set up." in spoken_by(page)
    person.server.pass_time(timedelta(hours=1, minutes=1))

    page.get_by_role("button", name="Open Production database").click()
    page.get_by_role("dialog").get_by_label("Six-digit code").fill(phone.code())
    expect(page.get_by_role("dialog")).to_be_hidden()

    assert "You are verified." in spoken_by(page)


def test_a_copied_key_is_told(person: Person, tmp_path: Path) -> None:
    page = person.page
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Set Up MFA").click()
    page.get_by_role("dialog").get_by_text("No camera?").click()

    page.get_by_role("dialog").get_by_role("button", name="Copy key").click()

    expect(page.get_by_role("dialog").get_by_role("button", name="Copied")).to_be_visible()
    assert "Copied" in spoken_by(page)
    finish_dialog(person, tmp_path)

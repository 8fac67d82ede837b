"""What every page and every state of each dialog must keep: WCAG 2.2 AA, width, direction, policy."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.browsers import Person
from tests.support.tour import walk

pytestmark = pytest.mark.needs("chromium", "zbarimg")

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DIALOG_IS_CUT = """() => {
  const box = document.querySelector("dialog[open]")?.getBoundingClientRect();
  return box && Math.min(box.left, box.top, innerWidth - box.right, innerHeight - box.bottom) < 4;
}"""
SIZES = ({"width": 320, "height": 640}, {"width": 1920, "height": 1080}, {"width": 1280, "height": 720})


def test_axe_finds_nothing_in_light_and_dark_and_no_page_is_too_wide_in_either_direction(
    meet: Callable[..., Person], tmp_path: Path
) -> None:
    people = (meet(signed_in=False), meet(), meet("omar"), meet("ada"))

    found = sorted(
        f"{name} {finding}"
        for name, page in walk(*people, tmp_path)
        for finding in (*_violations(page), *_overflows(page))
    )

    assert found == []


def _violations(page: Page) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in Axe().run(page, options=WCAG).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"]]
            found.append(f"{scheme}: {violation['id']} {nodes}")
    page.emulate_media(color_scheme="light")
    return found


def _overflows(page: Page) -> list[str]:
    found = []
    for direction in ("rtl", "ltr"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        for size in SIZES:
            page.set_viewport_size(size)
            if page.evaluate(
                "[document.scrollingElement, document.querySelector('dialog[open]')]"
                ".some(box => box && box.scrollWidth > box.clientWidth)"
            ):
                found.append(f"{direction}: too wide at {size['width']} px")
            if page.evaluate(DIALOG_IS_CUT):
                found.append(f"{direction}: the dialog touches the edge at {size['width']} px")
    return found

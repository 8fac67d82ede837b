"""Save a picture of every page and state to build/screenshots/, and three of them to docs/screenshots/.

Needs chromium and zbarimg. Run by ``make screenshots``.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.browsers import Person, finish_dialog, new_username, open_browser  # noqa: E402
from tests.support.servers import ExampleServer, serve_example  # noqa: E402
from tests.support.tour import walk  # noqa: E402

ALL = ROOT / "build" / "screenshots"
FOR_README = ROOT / "docs" / "screenshots"
CHOSEN = ("dialog-enroll", "security-on", "access-flows")
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1100, "height": 760}
MAKE_PERSON = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user("{name}", "{name}@example.com", "accessflow-demo")
user.groups.add(Group.objects.get(name="requesters"))
"""


def main() -> None:
    """Walk through everything, once."""
    ALL.mkdir(parents=True, exist_ok=True)
    FOR_README.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        open_browser() as browser,
        serve_example("sqlite", directory=Path(directory)) as server,
    ):
        name = new_username()
        server.manage("shell", "-c", MAKE_PERSON.format(name=name))
        people = [_person(browser, server, username) for username in ("nobody", name, "omar", "ada")]
        for person in people[1:]:
            person.sign_in()
        people[-1].page.get_by_role("link", name="Set Up MFA").click()
        finish_dialog(people[-1], Path(directory))
        for state, page in walk(*people, Path(directory)):
            _save(state, page)
    for state in CHOSEN:
        shutil.copy(ALL / f"{state}-light.png", FOR_README / f"{state}.png")


def _person(browser: Browser, server: ExampleServer, username: str) -> Person:
    context = browser.new_context(
        viewport=WIDE, locale="en-GB", device_scale_factor=2, reduced_motion="reduce"
    )
    return Person(username=username, server=server, context=context, page=context.new_page())


def _save(state: str, page: Page) -> None:
    for variant in ("light", "dark", "narrow"):
        page.emulate_media(color_scheme="dark" if variant == "dark" else "light")
        page.set_viewport_size(NARROW if variant == "narrow" else WIDE)
        # The whole page, but a dialog stands in the middle of the window.
        is_whole = page.locator("dialog[open]").count() == 0
        page.screenshot(path=ALL / f"{state}-{variant}.png", scale="css", full_page=is_whole)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)


if __name__ == "__main__":
    main()

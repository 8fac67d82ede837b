"""Debian's Chromium, driven by Playwright, and what a person does in it."""

import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, sync_playwright

from tests.support.clients import PASSWORD
from tests.support.servers import ExampleServer

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STEP = timedelta(seconds=30)
_FAILED_CALL = re.compile(r"Failed to load resource|net::ERR_")
_people = itertools.count(1)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@dataclass(kw_only=True)
class Person:
    """Somebody signed in to the portal, in a browser of their own."""

    username: str
    server: ExampleServer
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser's console said that it should not: errors, violations of the policy."""

    def go(self, path: str) -> Page:
        """Open a page of the example."""
        self.page.goto(self.server.base_url + path)
        return self.page

    def sign_in(self) -> None:
        """Sign in on the portal's page."""
        self.go("/portal/sign-in/")
        self._fill_in(self.page)

    def sign_in_in_another_tab(self, link: Locator) -> None:
        """Follow a link that opens the sign-in page in a tab of its own, and close it afterwards."""
        with self.context.expect_page() as opening:
            link.click()
        self._fill_in(opening.value)
        opening.value.close()

    def _fill_in(self, page: Page) -> None:
        page.get_by_label("User name").fill(self.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/portal/")

    def listen_to(self, page: Page) -> None:
        """Note what the console of a page complains about."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _FAILED_CALL.search(message.text):
            self.complaints.append(message.text)


def read_shown_qr(shown: Locator, *, directory: Path) -> str:
    """Return the text of a QR code on the screen: photographed, and read by zbarimg."""
    picture = directory / "shown-qr.png"
    shown.screenshot(path=picture)
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(picture)], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


class Phone:
    """An authenticator app that has scanned a QR code, and shares the server's moved clock."""

    def __init__(self, uri: str, server: ExampleServer) -> None:
        totp = pyotp.parse_uri(uri)
        assert isinstance(totp, pyotp.TOTP)
        self._totp, self._server = totp, server

    def code(self) -> str:
        """Return the code that it shows now."""
        return self._totp.at(self._server.now())

    def next_code(self) -> str:
        """Wait for the next code: the server's clock moves on meanwhile."""
        self._server.pass_time(STEP)
        return self.code()

    def wrong_code(self) -> str:
        """Return six digits that no code near now is."""
        near = {self._totp.at(self._server.now() + step * STEP) for step in range(-3, 4)}
        return next(
            code
            for code in ("000000", "111111", "222222", "333333", *map(str, range(444444, 444460)))
            if code not in near
        )


def finish_dialog(person: Person, directory: Path) -> Phone:
    """Scan what the open dialog shows, confirm, and acknowledge the recovery codes."""
    dialog = person.page.get_by_role("dialog")
    shown = dialog.get_by_role("img", name="QR code")
    phone = Phone(read_shown_qr(shown, directory=directory), person.server)
    dialog.get_by_label("Enter the six-digit code").fill(phone.code())
    dialog.get_by_label("I have saved these codes").check()
    dialog.get_by_role("button", name="Done").click()
    dialog.wait_for(state="hidden")
    return phone


def new_username() -> str:
    """Return the name of somebody who was made for one test."""
    return f"person-{next(_people):03}"

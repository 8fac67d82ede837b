"""A walk through every page and every state of each dialog, for what all of them must keep."""

from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.support.browsers import Person, Phone, read_shown_qr
from tests.support.tour_of_portal import cancel_request, walk_access_flows, walk_portal

LATER = timedelta(hours=1, minutes=1)
LIMITS = """
import os
from django.contrib.auth.models import User
from django.utils import timezone
from drf_accessflow_mfa.models import AccessFlow, AuthenticatorApp
AccessFlow.objects.create(slug="tour-of-keys", name="Keys", require_mfa=True, acr="phr")
user = User.objects.get(username="{name}")
for number in range(1, 5):
    app = AuthenticatorApp(user=user, name=f"Spare {{number}}", confirmed=True, created_at=timezone.now())
    app.seal_secret(os.urandom(20))
    app.save()
"""
NO_LIMITS = """
from drf_accessflow_mfa.models import AccessFlow, AuthenticatorApp
AccessFlow.objects.filter(slug="tour-of-keys").delete()
AuthenticatorApp.objects.filter(user__username="{name}", name__startswith="Spare").delete()
"""


def walk(
    stranger: Person, person: Person, approver: Person, administrator: Person, directory: Path
) -> Iterator[tuple[str, Page]]:
    """Yield the name of each state, and the page that shows it."""
    yield from _signed_out(stranger)
    yield "vaults-with-banner", person.go("/portal/")
    yield "security-off", person.go("/account/security/")
    person.go("/account/verify/?next=/portal/")
    yield "verify-page-not-enrolled", person.page
    yield from _enroll_page(person)
    phone = yield from _enrollment_dialog(person, directory)
    yield from _step_up_dialog(person, phone)
    yield from _verify_page(person, phone)
    _request_access(person)
    yield from _own_pages(person)
    yield from _in_other_languages(person)
    yield from _limits(person)
    yield from walk_portal(person)
    yield "approvals-waiting", approver.go("/portal/approvals/")
    yield from cancel_request(person)
    yield from walk_access_flows(administrator)


def _signed_out(stranger: Person) -> Iterator[tuple[str, Page]]:
    yield "landing", stranger.go("/")
    page = stranger.go("/portal/sign-in/")
    yield "sign-in", page
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    yield "sign-in-wrong", page


def _enroll_page(person: Person) -> Iterator[tuple[str, Page]]:
    page = person.go("/account/security/devices/add/")
    yield "enroll-page", page
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    yield "confirm-page", page
    with page.expect_navigation():
        page.get_by_label("Six-digit code").fill("000000")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "confirm-page-wrong", page


def _enrollment_dialog(person: Person, directory: Path) -> Generator[tuple[str, Page], None, Phone]:
    page = person.go("/portal/")
    yield from _enrollment_that_cannot_begin(page)
    dialog = page.get_by_role("dialog")
    code = dialog.get_by_label("Enter the six-digit code")
    expect(code).to_be_visible()
    yield "dialog-enroll", page
    dialog.get_by_text("No camera?").click()
    yield "dialog-enroll-key", page
    uri = read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=directory)
    phone = Phone(uri, person.server)
    code.fill(phone.wrong_code())
    expect(code).to_be_empty()
    yield "dialog-enroll-wrong", page
    for _ in range(3):
        code.fill(phone.wrong_code())
        expect(code).to_be_empty()
    code.fill(phone.wrong_code())
    expect(code).to_be_disabled()
    yield "dialog-enroll-locked", page
    dialog.get_by_role("button", name="Cancel").click()
    person.server.pass_time(timedelta(minutes=1))
    page.get_by_role("link", name="Set Up MFA").click()
    uri = read_shown_qr(dialog.get_by_role("img", name="QR code"), directory=directory)
    phone = Phone(uri, person.server)
    code.fill(phone.code())
    expect(dialog.get_by_role("button", name="Done")).to_be_visible()
    yield "dialog-recovery-codes", page
    dialog.get_by_role("button", name="Done").click()
    yield "dialog-recovery-codes-unacknowledged", page
    dialog.get_by_label("I have saved").check()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()
    return phone


def _enrollment_that_cannot_begin(page: Page) -> Iterator[tuple[str, Page]]:
    held: list[Route] = []
    page.route("**/api/mfa/devices/", lambda route: held.append(route), times=1)
    page.get_by_role("link", name="Set Up MFA").click()
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    yield "dialog-wait", page
    page.route("**/api/mfa/devices/", lambda route: route.abort(), times=1)
    held[0].continue_()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    yield "dialog-stopped", page
    page.get_by_role("button", name="Start again").click()


def _step_up_dialog(person: Person, phone: Phone) -> Iterator[tuple[str, Page]]:
    page = person.page
    person.server.pass_time(LATER)
    page.get_by_role("button", name="Open Production database").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Six-digit code")
    expect(field).to_be_visible()
    yield "dialog-code", page
    for _ in range(2):
        field.fill(phone.wrong_code())
        expect(field).to_be_empty()
    yield "dialog-code-wrong-twice", page
    person.context.set_offline(True)
    field.fill(phone.wrong_code())
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")
    yield "dialog-code-offline", page
    person.context.set_offline(False)
    for _ in range(3):
        field.fill("")
        field.fill(phone.wrong_code())
        expect(field).to_be_empty()
    field.fill(phone.wrong_code())
    expect(field).to_be_disabled()
    yield "dialog-code-locked", page
    dialog.get_by_role("button", name="Use a recovery code").click()
    yield "dialog-recovery", page
    dialog.get_by_label("Recovery code").fill("0000-0000-0000-0000-0000-0000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("not accepted")
    yield "dialog-recovery-wrong", page
    dialog.get_by_role("button", name="Cancel").click()
    yield "vaults-refused", page


def _verify_page(person: Person, phone: Phone) -> Iterator[tuple[str, Page]]:
    page = person.go("/account/verify/?next=/portal/")
    _submit(page, phone.wrong_code())
    expect(page.get_by_role("alert")).to_contain_text("Too many")
    yield "verify-page-locked", page
    yield "verify-page-recovery", person.go("/account/verify/?method=recovery&next=/portal/")
    person.server.pass_time(timedelta(minutes=2))
    person.go("/account/verify/?flow=production-database&next=/portal/")
    _submit(page, phone.wrong_code())
    yield "verify-page-wrong", page
    person.server.pass_time(timedelta(minutes=4))
    person.go("/account/verify/?flow=production-database&next=/account/security/")
    yield "verify-page", page
    with page.expect_navigation(url="**/account/security/"):
        page.get_by_label("Six-digit code").fill(phone.code())
    yield "verify-page-satisfied", person.go("/account/verify/?flow=production-database&next=/portal/")


def _submit(page: Page, code: str) -> None:
    with page.expect_navigation():
        page.get_by_label("Six-digit code").fill(code)


def _request_access(person: Person) -> None:
    form = person.go("/portal/request/").locator("form").filter(has_text="Customer export")
    form.get_by_label("Why do you need it?").fill("Quarterly report")
    with person.page.expect_navigation(url="**/portal/requests/"):
        form.get_by_role("button", name="Request access").click()


def _own_pages(person: Person) -> Iterator[tuple[str, Page]]:
    page = person.go("/account/security/")
    yield "security-on", page
    yield "security-log", person.go("/account/security/log/")
    person.go("/account/security/")
    with page.expect_navigation():
        page.get_by_role("link", name="Rename").click()
    yield "rename-page", page
    person.context.clear_cookies(name="csrftoken")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    yield "stale-page", page
    with page.expect_navigation():
        page.get_by_role("link", name="Try again").click()
    page.get_by_label("Name").fill("Work phone")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    yield "security-notice", page
    with page.expect_navigation():
        page.get_by_role("link", name="Remove").click()
    yield "remove-page", page
    person.go("/account/security/")
    with page.expect_navigation():
        page.get_by_role("link", name="Replace codes").click()
    yield "replace-codes-page", page
    with page.expect_navigation():
        page.get_by_role("button", name="Replace codes").click()
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    yield "recovery-codes-page", page


def _in_other_languages(person: Person) -> Iterator[tuple[str, Page]]:
    for code in ("de", "ar"):
        person.context.add_cookies(
            [{"name": "django_language", "value": code, "url": person.server.base_url}]
        )
        yield f"security-{code}", person.go("/account/security/")
    person.context.clear_cookies(name="django_language")


def _limits(person: Person) -> Iterator[tuple[str, Page]]:
    person.server.manage("shell", "-c", LIMITS.format(name=person.username))
    yield "verify-page-too-weak", person.go("/account/verify/?flow=tour-of-keys&next=/portal/")
    yield "enroll-page-full", person.go("/account/security/devices/add/")
    person.server.manage("shell", "-c", NO_LIMITS.format(name=person.username))

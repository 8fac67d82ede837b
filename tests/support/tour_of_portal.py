"""The part of the walk that leads through the example's portal."""

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.support.browsers import Person

TOO_OLD_TO_LOOSEN = timedelta(hours=1, minutes=1)


def walk_portal(person: Person) -> Iterator[tuple[str, Page]]:
    """Yield the pages of somebody who is enrolled and verified."""
    page = person.go("/portal/")
    page.get_by_role("button", name="Open Production database").click()
    expect(page.get_by_text("is swordfish")).to_be_visible()
    yield "vaults-opened", page
    page.get_by_label("Account menu").click()
    yield "avatar-menu", page
    yield "request-access", person.go("/portal/request/")
    with page.expect_navigation(url="**/portal/requests/"):
        page.get_by_role("button", name="Request access to Staging logs").click()
    yield "my-requests", page
    yield "approvals", person.go("/portal/approvals/")
    yield "activity", person.go("/portal/activity/")
    yield "production-report", person.go("/portal/production-report/")


def cancel_request(person: Person) -> Iterator[tuple[str, Page]]:
    """Yield the requests with one that has ended before it began."""
    page = person.go("/portal/requests/")
    with page.expect_navigation():
        page.get_by_role("button", name="Cancel Customer export").click()
    yield "my-requests-canceled", page


def walk_access_flows(administrator: Person) -> Iterator[tuple[str, Page]]:
    """Yield the pages on which flows are listed, changed and created."""
    page = administrator.go("/portal/flows/?q=no+such+flow")
    yield "access-flows-none", page
    administrator.go("/portal/flows/")
    yield "access-flows", page
    page.locator("[data-flow=staging-logs] summary").click()
    yield "access-flows-menu", page
    with page.expect_navigation():
        page.get_by_role("link", name="Edit").click()
    yield "edit-flow", page
    yield from _refused_edits(administrator)
    page = administrator.go("/portal/flows/new/")
    page.get_by_label("Name").fill("Payroll")
    page.get_by_role("switch").check()
    yield "create-flow", page
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    yield "create-flow-step-2", page
    with page.expect_navigation():
        page.get_by_role("button", name="Create Access Flow").click()
    yield "flow-saved", page


def _refused_edits(administrator: Person) -> Iterator[tuple[str, Page]]:
    page = administrator.page
    page.locator("[name=mfa_max_age]").fill("soon")
    with page.expect_navigation():
        page.get_by_role("button", name="Save Access Flow").click()
    yield "edit-flow-errors", page
    administrator.server.pass_time(TOO_OLD_TO_LOOSEN)
    administrator.go("/portal/flows/production-database/edit/")
    page.get_by_role("switch").uncheck()
    page.get_by_role("button", name="Save Access Flow").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This asks less than before")).to_be_visible()
    yield "edit-flow-loosening", page

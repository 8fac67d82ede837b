"""Network gone, session ended, server restarted: the portal says so, and nothing typed is lost."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.browsers import Person, Phone

pytestmark = pytest.mark.needs("chromium", "zbarimg")

Meet = Callable[..., Person]
STATUS = "**/api/mfa/status/"


def end_session(person: Person) -> None:
    person.context.clear_cookies(name="sessionid")


def test_a_vault_says_that_the_session_has_ended_and_opens_after_signing_in_again(person: Person) -> None:
    page = person.page
    vault = page.get_by_role("listitem").filter(has_text="Staging logs")
    end_session(person)

    vault.get_by_role("button", name="Open").click()
    expect(vault.get_by_role("status")).to_contain_text("Your session has ended.")
    person.sign_in_in_another_tab(page.get_by_role("main").get_by_role("link", name="Sign in"))
    vault.get_by_role("button", name="Open").click()

    expect(vault.get_by_role("status")).to_contain_text("swordfish")


def test_a_request_is_still_in_its_form_after_signing_in_again(person: Person) -> None:
    page = person.go("/portal/request/")
    form = page.locator("form").filter(has_text="Staging logs")
    form.get_by_label("Why do you need it?").fill("A long reason")
    end_session(person)

    form.get_by_role("button", name="Request access").click()
    expect(form.get_by_role("alert")).to_contain_text("Your session has ended.")
    person.sign_in_in_another_tab(page.get_by_role("main").get_by_role("link", name="Sign in"))
    form.get_by_role("button", name="Request access").click()

    expect(page.get_by_role("listitem").filter(has_text="A long reason")).to_be_visible()


def test_a_flow_is_still_in_its_form_after_signing_in_again(meet: Meet) -> None:
    ada = meet("ada")
    page = ada.go("/portal/flows/staging-logs/edit/")
    page.get_by_label("Description").fill("Typed before the session ended.")
    end_session(ada)

    page.get_by_role("button", name="Save Access Flow").click()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended.")
    ada.sign_in_in_another_tab(page.get_by_role("main").get_by_role("link", name="Sign in"))
    page.get_by_role("button", name="Save Access Flow").click()

    expect(page.get_by_role("heading", name="Access flow saved")).to_be_visible()


def test_without_network_nothing_is_sent_and_nothing_is_lost(meet: Meet) -> None:
    ada = meet("ada")
    page = ada.go("/portal/flows/production-database/edit/")
    page.get_by_role("switch").uncheck()
    page.get_by_label("Description").fill("Typed before the network went.")
    page.route(STATUS, lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Save Access Flow").click()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")

    page.get_by_role("button", name="Save Access Flow").click()

    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("Typed before the network went.")


def test_the_code_for_a_loosened_flow_is_asked_for_once_the_network_is_back(meet: Meet) -> None:
    ada = meet("ada")
    page = ada.go("/portal/flows/production-database/edit/")
    page.get_by_role("switch").uncheck()
    calls = itertools.count()
    page.route(STATUS, lambda route: route.abort() if next(calls) else route.continue_())
    page.get_by_role("button", name="Save Access Flow").click()
    expect(page.locator("[data-problem]")).to_contain_text("The server cannot be reached.")

    page.unroute(STATUS)
    page.get_by_role("button", name="Save Access Flow").click()

    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_server_that_restarts_keeps_the_session_and_the_typed_code(
    person: Person, enroll: Callable[[Person], Phone]
) -> None:
    phone = enroll(person)
    person.server.pass_time(timedelta(hours=1, minutes=1))
    page = person.page
    page.get_by_role("button", name="Open Production database").click()
    dialog = page.get_by_role("dialog")
    field, code = dialog.get_by_label("Six-digit code"), phone.code()
    expect(field).to_be_visible()

    with person.server.down():
        field.fill(code)
        expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    expect(field).to_have_value(code)
    field.fill(phone.code())

    expect(page.get_by_text("The password of production-database is swordfish.")).to_be_visible()

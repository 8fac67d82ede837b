"""Fixtures of the browser tests: one server, one browser, and new people for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Person, Phone, finish_dialog, new_username, open_browser
from tests.support.needs import find_absence
from tests.support.servers import ExampleServer, serve_example

PEOPLE = 99
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if absence := find_absence("chromium") or find_absence("zbarimg"):
        pytest.skip(absence)
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleServer]:
    with serve_example("sqlite", directory=tmp_path_factory.mktemp("browser")) as server:
        server.manage(
            "shell",
            "-c",
            "from django.contrib.auth.models import Group, User\n"
            "group = Group.objects.get(name='requesters')\n"
            f"for number in range(1, {PEOPLE + 1}):\n"
            "    user = User.objects.create_user(f'person-{number:03}', 'p@example.com', 'accessflow-demo')\n"
            "    user.groups.add(group)\n",
        )
        yield server


@pytest.fixture
def meet(browser: Browser, server: ExampleServer) -> Iterator[Callable[..., Person]]:
    """Open a browser for somebody new, or for a named user; complaints of its console fail the test."""
    people: list[Person] = []

    def meet_person(username: str | None = None, *, signed_in: bool = True, **options: object) -> Person:
        context = browser.new_context(**{"locale": "en-GB", "device_scale_factor": 2, **options})  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        page = context.new_page()
        person = Person(username=username or new_username(), server=server, context=context, page=page)
        person.listen_to(page)
        people.append(person)
        if signed_in:
            person.sign_in()
        return person

    yield meet_person
    for person in people:
        person.context.close()
    assert [person.complaints for person in people] == [[] for _ in people]


@pytest.fixture
def person(meet: Callable[..., Person]) -> Person:
    """Somebody new, signed in."""
    return meet()


@pytest.fixture
def enroll(tmp_path: Path) -> Callable[[Person], Phone]:
    """Lead somebody through the dialog, from the banner to the acknowledged recovery codes."""

    def lead_through(person: Person) -> Phone:
        page = person.page
        page.get_by_role("link", name="Set Up MFA").click()
        return finish_dialog(person, tmp_path)

    return lead_through

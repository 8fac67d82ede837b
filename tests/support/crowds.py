"""A server full of people for what happens at once (the fixture: ``crowd_server``)."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from tests.support.crowd import Person
from tests.support.servers import ExampleServer

ROUNDS = int(os.environ.get("ACCESSFLOW_TEST_ROUNDS", "1"))
"""How often each race is run; every round has people of its own. ``make attack`` asks for 20."""
MANY = 64
DEVICES = "/api/mfa/devices/"
VERIFICATIONS = "/api/mfa/verifications/"
RECOVERY_CODES = "/api/mfa/recovery-codes/"
VAULT = "/api/vault/production-database/"

Post = Callable[[], httpx.Response]


@dataclass
class Crowd:
    """A server full of people, each of whom serves one round."""

    server: ExampleServer
    people: dict[str, list[Person]]

    def pick(self, kind: str) -> Person:
        """Return somebody who was in no round before."""
        return self.people[kind].pop()

    def token(self, person: Person) -> httpx.Client:
        """Return a client that sends the person's token."""
        client = self.server.clients.stranger()
        client.headers["Authorization"] = f"Token {person.token}"
        return client

    def session(self, person: Person) -> httpx.Client:
        """Return a browser in which the person has logged in."""
        return self.server.clients.session(person.username)

    def code(self, person: Person) -> str:
        """Return what the person's device shows now."""
        return person.code_at(self.server.now())

    def wrong_codes(self, person: Person, count: int) -> list[str]:
        """Return codes that the person's device does not show."""
        return person.wrong_codes(count, now=self.server.now())

    def events(self, person: Person) -> Counter[tuple[str, str]]:
        """Count the kinds and reasons of the person's events about codes."""
        asked: dict[str, str | int] = {"page_size": 200, "subject": person.username}
        page = self.token(person).get("/api/mfa/audit-events/", params=asked).json()
        assert page["next"] is None
        return Counter((event["kind"], event["reason"]) for event in page["results"])


def verifying(client: httpx.Client, code: str) -> Post:
    """Return a call that posts a code."""
    return partial(client.post, VERIFICATIONS, json={"code": code})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolling:
    """An enrollment that was begun, and the authenticator that has scanned it."""

    client: httpx.Client
    app: Person

    def confirm(self, code: str) -> httpx.Response:
        """Post the first code."""
        return self.client.post(f"{DEVICES}{self.app.device}/confirmation/", json={"code": code})


def begin_enrollment(client: httpx.Client) -> Enrolling:
    """Begin an enrollment through a client."""
    return scan(client, client.post(DEVICES, json={"name": "phone"}).raise_for_status().json())


def scan(client: httpx.Client, enrollment: dict[str, Any]) -> Enrolling:
    """Scan the QR code of an enrollment that a client has begun."""
    app = Person(username="", kind="app", token="", secret=enrollment["secret"], device=enrollment["id"])
    return Enrolling(client=client, app=app)


def verified(crowd: Crowd, kind: str) -> tuple[httpx.Client, Person]:
    """Return somebody who has verified, and the client of their token."""
    person = crowd.pick(kind)
    client = crowd.token(person)
    verifying(client, crowd.code(person))().raise_for_status()
    return client, person

"""Flows edited at once, and flagged under the eyes of those who use them."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import NamedTuple

import httpx

from tests.support.crowd import ADMINISTRATOR
from tests.support.crowds import ROUNDS, Crowd, verified
from tests.support.storms import at_once, tally

FLOWS = "/api/mfa/flows/"
THREADS = 6

pytest_plugins = ["tests.support.crowd_server"]


class Asked(NamedTuple):
    """One request, on one clock in seconds."""

    begun_at: float
    ended_at: float
    status: int


@dataclass
class Hammer:
    """Threads that ask for one vault without a pause."""

    client: httpx.Client
    path: str
    asked: list[Asked] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)

    def run(self) -> None:
        while not self.is_over.is_set():
            begun_at = time.monotonic()
            status = self.client.get(self.path).status_code
            self.asked.append(Asked(begun_at, time.monotonic(), status))

    def wait_for_more(self) -> None:
        """Wait until every thread has begun and ended a request from now on."""
        enough = len(self.asked) + 3 * THREADS
        while len(self.asked) < enough:
            time.sleep(0.005)


@contextmanager
def hammering(client: httpx.Client, path: str) -> Iterator[Hammer]:
    hammer = Hammer(client, path)
    with ThreadPoolExecutor(THREADS) as threads:
        running = [threads.submit(hammer.run) for _ in range(THREADS)]
        try:
            yield hammer
        finally:
            hammer.is_over.set()
    for thread in running:
        thread.result()


def test_after_the_flag_was_set_no_request_begun_later_gets_through(crowd: Crowd) -> None:
    ada, _ = verified(crowd, ADMINISTRATOR)
    ada.post(FLOWS, json={"slug": "toggled", "name": "Toggled", "require_mfa": True}).raise_for_status()
    rita = crowd.token(crowd.pick("app"))
    windows = []

    with hammering(rita, "/api/vault/toggled/") as hammer:
        for flagged in [False, True] * 4 * ROUNDS:
            ada.patch(f"{FLOWS}toggled/", json={"require_mfa": flagged}).raise_for_status()
            answered_at = time.monotonic()
            hammer.wait_for_more()
            windows.append((flagged, answered_at, time.monotonic()))

    for flagged, answered_at, next_change_at in windows:
        within = [
            asked
            for asked in hammer.asked
            if answered_at < asked.begun_at and asked.ended_at < next_change_at
        ]
        assert within
        assert {asked.status for asked in within} == {401 if flagged else 200}


def test_flows_created_and_changed_at_once_are_each_logged_with_what_was_before(crowd: Crowd) -> None:
    ada, _ = verified(crowd, ADMINISTRATOR)
    flow = {"name": "Raced", "require_mfa": True, "mfa_max_age": 1}

    created = at_once(
        [partial(ada.post, FLOWS, json={"slug": f"raced-{number % 4}", **flow}) for number in range(16)]
    )
    changed = at_once(
        [partial(ada.patch, f"{FLOWS}raced-0/", json={"mfa_max_age": age}) for age in range(2, 18)]
    )

    assert tally(created)[201] == 4
    assert tally(created)[400] + tally(created)[409] == 12
    assert tally(changed) == {200: 16}
    log = ada.get("/api/mfa/audit-events/", params={"flow": "raced-0", "kind": "flow.changed"}).json()[
        "results"
    ]
    steps = {tuple(event["changes"]["mfa_max_age"]) for event in log}
    assert_is_one_chain(steps, first=1, last=ada.get(f"{FLOWS}raced-0/").json()["mfa_max_age"])


def assert_is_one_chain(steps: set[tuple[int, int]], *, first: int, last: int) -> None:
    """Each change starts where another one has ended, whatever the order of the log."""
    assert {old for old, _ in steps} - {new for _, new in steps} == {first}
    assert {new for _, new in steps} - {old for old, _ in steps} == {last}
    assert len(steps) == 16

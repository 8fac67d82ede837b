"""Read the API's answers, in the very form of the contract."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx

WORKERS = 4
MFA = "https://refeds.org/profile/mfa"
EVENTS = "/api/mfa/audit-events/"


def challenge_of(answer: httpx.Response) -> tuple[str, str]:
    """The scheme and the age limit of a challenge, which is in the contract's very form."""
    found = re.fullmatch(
        r'(\w+) error="insufficient_user_authentication", error_description="[ -!#-\[\]-~]+", '
        rf'acr_values="{re.escape(MFA)}", max_age="(\d+)"',
        answer.headers["WWW-Authenticate"],
    )
    assert found, answer.headers["WWW-Authenticate"]
    return found[1], found[2]


def refused(answer: httpx.Response) -> None:
    """The answer that tells nothing but that the code was not accepted."""
    assert answer.status_code == 400
    assert answer.json() == {"detail": "The code was not accepted.", "code": "mfa_failed"}


def answers_of_each_worker(client: httpx.Client, path: str) -> list[httpx.Response]:
    """Ask until each worker process has answered at least once; return all answers."""
    answers: list[httpx.Response] = []
    with ThreadPoolExecutor(WORKERS * 2) as threads:
        while len({answer.headers["X-Worker"] for answer in answers}) < WORKERS and len(answers) < 400:
            answers += threads.map(lambda _: client.get(path), range(WORKERS * 2))
    assert len({answer.headers["X-Worker"] for answer in answers}) == WORKERS
    return answers


def moment(text: str) -> datetime:
    """A time of the API: RFC 3339 in UTC."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def events_for(client: httpx.Client, **filters: str) -> list[dict[str, Any]]:
    """Return the events of the log that a client may read, oldest first."""
    events: list[dict[str, Any]] = []
    url: str | None = str(httpx.URL(EVENTS, params={**filters, "page_size": "200"}))
    while url:
        page = client.get(url).raise_for_status().json()
        events += page["results"]
        url = page["next"]
    return events[::-1]


def line(event: dict[str, Any]) -> tuple[str, ...]:
    """What an event says, with the recovery codes' set by its model alone."""
    device = event["device"].partition("-")[0] if event["method"] == "recovery_code" else event["device"]
    said = [event[name] for name in ("kind", "outcome", "reason", "credential", "method")]
    return (*said, device)


def collapsed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events without those that say the same as the one before."""
    return [
        event for index, event in enumerate(events) if not index or line(event) != line(events[index - 1])
    ]

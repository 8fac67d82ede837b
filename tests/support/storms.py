"""Many real requests at one moment."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier
from typing import TypeVar

import httpx

Result = TypeVar("Result")


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Make all calls at one moment, each in a thread of its own, and return what they gave."""
    start = Barrier(len(calls))

    def wait_and_call(call: Callable[[], Result]) -> Result:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(wait_and_call, calls))


def tally(answers: Iterable[httpx.Response]) -> Counter[int]:
    """Count the answers by status."""
    return Counter(answer.status_code for answer in answers)


@contextmanager
def copies_of(client: httpx.Client, count: int) -> Iterator[list[httpx.Client]]:
    """Yield clients that each send the same cookies and learn nothing from each other's answers."""
    with ExitStack() as opened:
        yield [opened.enter_context(_copy_of(client)) for _ in range(count)]


def _copy_of(client: httpx.Client) -> httpx.Client:
    csrf_token = client.cookies.get("csrftoken") or ""
    return httpx.Client(
        base_url=client.base_url,
        cookies=dict(client.cookies),
        headers={"X-CSRFToken": csrf_token},
        timeout=60,
        verify=False,  # spares each copy the reading of all certificates
    )

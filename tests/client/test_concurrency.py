"""Concurrent requests of one client share one prompt."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from drf_accessflow_mfa.client import NoCodeGiven, StepUpAuth
from tests.client.members import KINDS, VAULT, Member, giving
from tests.client.network import CODE, Network, challenge
from tests.support.loops import in_a_loop_of_its_own

MANY = 8
FIRST, SECOND = "https://api.example/first/", "https://api.example/second/"


class Prompt:
    """Is answered only when as many requests were challenged as it waits for."""

    def __init__(self, code: Any, *, challenges: int = MANY) -> None:
        self._code = code
        self._missing = challenges
        self._all_are_challenged = threading.Event()
        self.asked = 0

    def count(self, answer: httpx.Response) -> None:
        if answer.status_code == 401:
            self._missing -= 1
            if not self._missing:
                self._all_are_challenged.set()

    async def count_async(self, answer: httpx.Response) -> None:
        self.count(answer)

    def __call__(self, challenge: object) -> str:
        self.asked += 1
        assert self._all_are_challenged.wait(30)
        return self._code() if callable(self._code) else self._code


def client_of(network: Network, ask: Any) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(network), auth=StepUpAuth(ask=ask))


@pytest.mark.parametrize("kind", KINDS)
def test_threads_share_one_prompt(rita: Member, kind: str) -> None:
    prompt = Prompt(rita.next_code)
    client = rita.client(kind, ask=prompt)
    client.event_hooks["response"].append(prompt.count)

    with ThreadPoolExecutor(MANY) as threads:
        answers = list(threads.map(lambda _: client.get(VAULT), range(MANY)))

    assert [answer.status_code for answer in answers] == [200] * MANY
    assert prompt.asked == 1
    assert client.get(VAULT).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_share_one_prompt(rita: Member, kind: str) -> None:
    prompt = Prompt(rita.next_code)

    async def call() -> list[httpx.Response]:
        async with AsyncExitStack() as opened:
            client = await rita.async_client(kind, opened, ask=prompt)
            client.event_hooks["response"].append(prompt.count_async)
            return await asyncio.gather(*(client.get(VAULT) for _ in range(MANY)))

    answers = in_a_loop_of_its_own(call())

    assert [answer.status_code for answer in answers] == [200] * MANY
    assert prompt.asked == 1


def test_who_cancels_the_prompt_cancels_it_for_all(rita: Member) -> None:
    prompt = Prompt("")
    client = rita.client("token", ask=prompt)
    client.event_hooks["response"].append(prompt.count)

    def call(_: int) -> bool:
        with pytest.raises(NoCodeGiven):
            client.get(VAULT)
        return True

    with ThreadPoolExecutor(MANY) as threads:
        assert all(threads.map(call, range(MANY)))

    assert prompt.asked == 1


def test_a_later_request_is_asked_anew(rita: Member) -> None:
    ask = giving("", rita.next_code)
    client = rita.client("token", ask=ask)

    with pytest.raises(NoCodeGiven):
        client.get(VAULT)

    assert client.get(VAULT).status_code == 200
    assert len(ask.asked) == 2


def test_challenges_of_different_strength_are_asked_for_one_after_the_other() -> None:
    network = Network({FIRST: challenge(), SECOND: challenge(acr_values=["phr"])})
    open_prompts: list[int] = []
    prompt = Prompt(CODE, challenges=2)

    def ask(asked: object) -> str:
        open_prompts.append(1)
        assert len(open_prompts) == 1
        code = prompt(asked)
        open_prompts.pop()
        return code

    client = client_of(network, ask)
    client.event_hooks["response"].append(prompt.count)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(client.get, [FIRST, SECOND]))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert prompt.asked == 2


def test_who_profits_from_another_prompt_and_is_challenged_again_is_asked_once() -> None:
    network = Network({FIRST: challenge()})
    prompt = Prompt(CODE, challenges=2)
    seen: list[int] = []

    def second(request: httpx.Request) -> httpx.Response:
        seen.append(1)
        return challenge()

    network.answers[SECOND] = second
    client = client_of(network, prompt)
    client.event_hooks["response"].append(prompt.count)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(client.get, [FIRST, SECOND]))

    assert [answer.status_code for answer in answers] == [200, 401]
    assert len(seen) == prompt.asked + 1  # two and one if the second came first, else three and two


def test_a_prompt_that_fails_lets_the_next_one_open() -> None:
    def fail(asked: object) -> str:
        raise ValueError

    network = Network({FIRST: challenge()})
    client = client_of(network, giving(lambda: fail(None), CODE))

    with pytest.raises(ValueError):  # noqa: PT011 - the very error of the prompt
        client.get(FIRST)

    assert client.get(FIRST).status_code == 200


def test_a_connection_that_breaks_lets_the_next_prompt_open() -> None:
    def break_down(request: httpx.Request) -> httpx.Response:
        del network.answers["https://api.example/mfa/verifications/"]
        raise httpx.ConnectError("gone", request=request)

    network = Network({FIRST: challenge(), "https://api.example/mfa/verifications/": break_down})
    client = client_of(network, giving(CODE, CODE))

    with pytest.raises(httpx.ConnectError):
        client.get(FIRST)

    assert client.get(FIRST).status_code == 200


def test_a_task_that_is_canceled_lets_the_next_prompt_open() -> None:
    network = Network({FIRST: challenge()})
    asked: list[object] = []

    async def ask(asked_for: object) -> str:
        asked.append(asked_for)
        if len(asked) == 1:
            await asyncio.sleep(60)
        return CODE

    async def call() -> int:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(network), auth=StepUpAuth(ask=ask)
        ) as client:
            first = asyncio.create_task(client.get(FIRST))
            while not asked:
                await asyncio.sleep(0.01)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return (await client.get(FIRST)).status_code

    assert in_a_loop_of_its_own(call()) == 200


def test_a_prompt_whose_own_request_is_challenged_is_a_mistake_that_is_named() -> None:
    client = client_of(Network({FIRST: challenge()}), lambda asked: client.get(FIRST).text)

    with pytest.raises(RuntimeError, match="challenged itself"):
        client.get(FIRST)

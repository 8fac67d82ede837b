"""One request through the flow of the inner auth, which may send it more than once."""

from collections.abc import AsyncGenerator, Generator

import httpx

from drf_accessflow_mfa.client.challenge import announces_step_up
from drf_accessflow_mfa.client.conversation import Send
from drf_accessflow_mfa.client.requests import OneHopBody


class SyncExchange:
    """For ``httpx.Client``."""

    def __init__(self, inner: httpx.Auth, step: Send) -> None:
        _arm(step)
        self._step = step
        self._flow: Generator[httpx.Request, httpx.Response, None] = inner.sync_auth_flow(step.request)

    def begin(self) -> httpx.Request:
        """Return what to send first."""
        sent = next(self._flow)
        _arm(self._step)
        return sent

    def go_on(self, answer: httpx.Response) -> httpx.Request | None:
        """Return what to send next, ``None`` when this was the answer: it is read where a step needs it."""
        try:
            sent = self._flow.send(answer)
        except StopIteration:
            if _must_be_read(self._step, answer):
                answer.read()
            return None
        _arm(self._step)
        return sent

    def close(self) -> None:
        """End the inner flow."""
        self._flow.close()


class AsyncExchange:
    """For ``httpx.AsyncClient``."""

    def __init__(self, inner: httpx.Auth, step: Send) -> None:
        _arm(step)
        self._step = step
        self._flow: AsyncGenerator[httpx.Request, httpx.Response] = inner.async_auth_flow(step.request)

    async def begin(self) -> httpx.Request:
        """Return what to send first."""
        sent = await anext(self._flow)
        _arm(self._step)
        return sent

    async def go_on(self, answer: httpx.Response) -> httpx.Request | None:
        """Return what to send next, ``None`` when this was the answer: it is read where a step needs it."""
        try:
            sent = await self._flow.asend(answer)
        except StopAsyncIteration:
            if _must_be_read(self._step, answer):
                await answer.aread()
            return None
        _arm(self._step)
        return sent

    async def aclose(self) -> None:
        """End the inner flow."""
        await self._flow.aclose()


def _arm(step: Send) -> None:
    if isinstance(step.request.stream, OneHopBody):
        step.request.stream.arm()


def _must_be_read(step: Send, answer: httpx.Response) -> bool:
    return step.is_ours or announces_step_up(answer)

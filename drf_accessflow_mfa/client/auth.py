"""``StepUpAuth``: the httpx auth that answers challenges."""

import inspect
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, aclosing, closing, contextmanager
from typing import Any

import anyio
import anyio.to_thread
import httpx

from drf_accessflow_mfa.client import terminal
from drf_accessflow_mfa.client.challenge import Challenge, Enrollment
from drf_accessflow_mfa.client.conversation import (
    Ask,
    Conversation,
    EndTurn,
    Enroll,
    KeepCodes,
    Manners,
    Send,
    Step,
    Steps,
    TakeTurn,
)
from drf_accessflow_mfa.client.exchange import AsyncExchange, SyncExchange
from drf_accessflow_mfa.client.inner import InnerAuth, as_auth
from drf_accessflow_mfa.client.requests import CSRFNames
from drf_accessflow_mfa.client.rounds import Rounds

AskForCode = Callable[[Challenge], str | Awaitable[str]]
EnrollDevice = Callable[[Enrollment], str | Awaitable[str]]
KeepRecoveryCodes = Callable[[Sequence[str]], Awaitable[None] | None]


class StepUpAuth(httpx.Auth):
    """Answers a step-up challenge and sends the request again, once.

    It wraps the auth that the client has anyway. ``ask`` gets the challenge
    and returns a code, empty to give up; the default asks on the terminal.
    With ``enroll`` a user without a device can set one up on the way: it gets
    the enrollment and returns its first code, and ``keep_codes`` the recovery
    codes, which are shown this once. Any of them may be a coroutine function
    under ``AsyncClient``; plain functions run in a thread there.

    Concurrent requests share one prompt. A lock is not waited for. A body that
    was a stream is not sent again: the code is asked for all the same, so that
    trying again succeeds, and ``BodyNotSentAgain`` says so. All failures are
    ``StepUpError``.

    One object is for one user and one client.
    """

    def __init__(
        self,
        inner: InnerAuth = None,
        *,
        ask: AskForCode = terminal.ask_for_code,
        enroll: EnrollDevice | None = None,
        keep_codes: KeepRecoveryCodes = terminal.show_recovery_codes,
        attempts: int = 3,
        device_name: str = "Authenticator app",
        csrf_cookie: str = "csrftoken",
        csrf_header: str = "X-CSRFToken",
    ) -> None:
        self._inner = as_auth(inner)
        self._ask = ask
        self._enroll = enroll
        self._keep_codes = keep_codes
        self._manners = Manners(
            attempts=attempts,
            may_enroll=enroll is not None,
            device_name=device_name,
            csrf=CSRFNames(cookie=csrf_cookie, header=csrf_header),
        )
        self._rounds = Rounds()
        self._thread_turn = ThreadTurn()
        self._task_turn = anyio.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Hold the conversation for ``httpx.Client``."""
        steps = self._converse(request)
        with ExitStack() as turn:
            step: Step | None = next(steps)
            while step is not None:
                result: Any = None
                if isinstance(step, Send):
                    with closing(SyncExchange(self._inner, step)) as exchange:
                        sent: httpx.Request | None = exchange.begin()
                        while sent is not None:
                            result = yield sent
                            sent = exchange.go_on(result)
                elif isinstance(step, TakeTurn):
                    turn.enter_context(self._thread_turn.taken())
                elif isinstance(step, EndTurn):
                    turn.close()
                else:
                    result = self._call(step)
                step = _advance(steps, result)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Hold the conversation for ``httpx.AsyncClient``."""
        steps = self._converse(request)
        with ExitStack() as turn:
            step: Step | None = next(steps)
            while step is not None:
                result: Any = None
                if isinstance(step, Send):
                    async with aclosing(AsyncExchange(self._inner, step)) as exchange:
                        sent: httpx.Request | None = await exchange.begin()
                        while sent is not None:
                            result = yield sent
                            sent = await exchange.go_on(result)
                elif isinstance(step, TakeTurn):
                    await self._task_turn.acquire()
                    turn.callback(self._task_turn.release)
                elif isinstance(step, EndTurn):
                    turn.close()
                else:
                    result = await self._call_async(step)
                step = _advance(steps, result)

    def _converse(self, request: httpx.Request) -> Steps:
        return Conversation(request, rounds=self._rounds, manners=self._manners).steps()

    def _call(self, step: Ask | Enroll | KeepCodes) -> Any:
        function, argument = self._call_of(step)
        result = function(argument)
        if inspect.isawaitable(result):
            if inspect.iscoroutine(result):
                result.close()
            raise TypeError(f"{function!r} needs httpx.AsyncClient.")
        return result

    async def _call_async(self, step: Ask | Enroll | KeepCodes) -> Any:
        function, argument = self._call_of(step)
        if inspect.iscoroutinefunction(function):
            return await function(argument)
        result = await anyio.to_thread.run_sync(function, argument)
        return await result if inspect.isawaitable(result) else result

    def _call_of(self, step: Ask | Enroll | KeepCodes) -> tuple[Callable[[Any], Any], object]:
        if isinstance(step, Ask):
            return self._ask, step.challenge
        if isinstance(step, KeepCodes):
            return self._keep_codes, step.codes
        assert self._enroll is not None  # noqa: S101 - the manners say so
        return self._enroll, step.enrollment


class ThreadTurn:
    """A lock that says so when the one who holds it waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the lock. Raises ``RuntimeError`` in the thread that holds it already."""
        if self._holder == threading.get_ident():
            raise RuntimeError("A prompt made a request that was challenged itself.")
        with self._lock:
            self._holder = threading.get_ident()
            try:
                yield
            finally:
                self._holder = None


def _advance(steps: Steps, result: Any) -> Step | None:
    try:
        return steps.send(result)
    except StopIteration:
        return None

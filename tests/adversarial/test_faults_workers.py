"""Worker processes are killed under load: no code counts twice, none is lost half."""

import os
import signal
from contextlib import suppress
from functools import partial

import httpx

from tests.adversarial.attack import STEP, opens, verify
from tests.support.crowds import ROUNDS, VERIFICATIONS, Crowd, verifying
from tests.support.storms import at_once

pytest_plugins = ["tests.support.crowd_server"]

POSTS = 32
KILLED = 2


def status_of(call) -> int | None:
    """Call, and return the status; ``None`` where the connection was lost."""
    with suppress(httpx.TransportError):
        return call().status_code
    return None


def test_workers_killed_while_one_code_is_judged_leave_one_success_or_none(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick("app")
        client, code = crowd.token(person), crowd.code(person)
        workers = {int(client.get("/api/mfa/status/").headers["X-Worker"]) for _ in range(12)}
        kills = [partial(kill, worker) for worker in list(workers)[:KILLED]]

        statuses = at_once([*[partial(status_of, verifying(client, code))] * POSTS, *kills])[:POSTS]

        recorded = len(client.get(VERIFICATIONS).json())
        assert statuses.count(201) <= recorded <= 1
        assert set(statuses) <= {201, 400, 429, None}
        assert crowd.events(person)["mfa.verified", ""] == recorded
        assert opens(client) is (recorded == 1)
        crowd.server.pass_time(STEP)
        verify(crowd, client, person)


def kill(worker: int) -> None:
    """Kill a worker process, as the kernel does when memory runs out; gunicorn starts another."""
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)

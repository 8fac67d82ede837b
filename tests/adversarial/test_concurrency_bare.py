"""django-otp's own forms and admin call a device bare, in whatever transaction: a code counts once.

Four processes with four threads each, started at one moment.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from tests.support.crowd import DEVICE_KINDS
from tests.support.crowds import ROUNDS, Crowd
from tests.support.servers import ROOT

pytest_plugins = ["tests.support.crowd_server"]

PROCESSES = 4
THREADS = 4
MODES = ["autocommit", "atomic", "rolled back"]


@pytest.fixture(scope="module")
def processes(crowd: Crowd) -> Iterator[ProcessPoolExecutor]:
    """Fresh interpreters with the example's Django on the database of the crowd."""
    with ProcessPoolExecutor(
        PROCESSES,
        mp_context=get_context("spawn"),
        initializer=_set_up,
        initargs=(dict(crowd.server.environment),),
    ) as pool:
        yield pool


@pytest.mark.parametrize("kind", DEVICE_KINDS)
@pytest.mark.parametrize("mode", MODES)
def test_a_bare_device_accepts_one_code_once(
    crowd: Crowd, processes: ProcessPoolExecutor, kind: str, mode: str
) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)
        code, begin_at = crowd.code(person), time.time() + 0.3

        answers = [
            processes.submit(_verify_in_threads, person.device, code, mode, begin_at)
            for _ in range(PROCESSES)
        ]

        accepted = [accepted for answer in answers for accepted in answer.result(timeout=60)]
        assert accepted.count(True) == 1
        assert accepted.count(False) == PROCESSES * THREADS - 1
        assert crowd.events(person) == {
            ("mfa.verified", ""): 1,
            ("mfa.failed", "replayed"): PROCESSES * THREADS - 1,
        }


def test_a_bare_device_is_answered_in_a_transaction_that_has_written_the_user(crowd: Crowd) -> None:
    """As Django's own log-in does; whatever the answer, nobody may wait for locks of their own."""
    person = crowd.pick("app")
    arguments = json.dumps([person.username, person.device, crowd.code(person)])

    done = subprocess.run(
        [sys.executable, "-m", "tests.support.calling", f"{__name__}.verify_after_a_write", arguments],
        cwd=ROOT,
        env=dict(crowd.server.environment),
        capture_output=True,
        check=True,
        timeout=20,
    )

    assert json.loads(done.stdout) in {True, False}


def verify_after_a_write(username: str, device_id: str, code: str) -> bool:
    """Verify for the first time ever, while the user's row is locked by the caller."""
    from django.contrib.auth.models import User
    from django.db import transaction

    device = _device_of(device_id)
    with transaction.atomic():
        User.objects.filter(username=username).update(first_name="Changed")
        return bool(device.verify_token(code))


def _set_up(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    import django

    django.setup()
    from django.db import connections

    # On SQLite, only a transaction that has not written leaves room for another one.
    connections.databases["default"]["OPTIONS"].pop("transaction_mode", None)


def _verify_in_threads(device_id: str, code: str, mode: str, begin_at: float) -> list[bool]:
    with ThreadPoolExecutor(THREADS) as threads:
        answers = [threads.submit(_verify, device_id, code, mode, begin_at) for _ in range(THREADS)]
    return [answer.result() for answer in answers]


def _verify(device_id: str, code: str, mode: str, begin_at: float) -> bool:
    from django.db import connection, transaction

    device = _device_of(device_id)
    time.sleep(max(0.0, begin_at - time.time()))
    try:
        if mode == "autocommit":
            return bool(device.verify_token(code))
        with transaction.atomic():
            device.refresh_from_db()
            accepted = bool(device.verify_token(code))
            transaction.set_rollback(mode == "rolled back")
            return accepted
    finally:
        connection.close()


def _device_of(device_id: str) -> Any:
    from django.apps import apps

    label, _, key = device_id.rpartition("-")
    return apps.get_model(label).objects.get(pk=key)

"""How many codes a second four worker processes verify on PostgreSQL."""

import random
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.codes import Authenticator
from benchmarks.environments import ROOT
from benchmarks.running import Runner
from benchmarks.verify.storm import Storm

WORKERS = 4
CLIENTS = (1, 8, 32)
WARM_UP_USERS = 40
WAYS = ("django_otp", "ours", "allauth", "drf_totp", "insert")
START_SECONDS = 30


@dataclass(slots=True)
class Rates:
    """Codes a second of one way, one number a round, by the number of clients."""

    label: str
    by_clients: dict[int, list[float]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})


def measure(runner: Runner, *, rounds: int, users: int) -> dict[str, Rates]:
    """Return the rates of each way; every round starts each server anew, in an order drawn anew."""
    order = [way for way in WAYS if way not in runner.environment.absent]
    draw = random.Random(1)
    found: dict[str, Rates] = {}
    for _ in range(rounds):
        draw.shuffle(order)
        for way in order:
            prepared = _prepare(runner, way, WARM_UP_USERS + users * len(CLIENTS))
            rates = found.setdefault(way, Rates(label=prepared["label"]))
            _measure_one(runner, way, prepared, rates, users)
    return {way: found[way] for way in WAYS if way in found}


def _prepare(runner: Runner, way: str, users: int) -> dict[str, Any]:
    prepared: dict[str, Any] = runner.numbers(
        "benchmarks.verify.prepare", "--way", way, "--users", str(users)
    )
    return prepared


def _measure_one(runner: Runner, way: str, prepared: dict[str, Any], rates: Rates, users: int) -> None:
    crowd = prepared["users"]
    with _server(runner, way) as port:
        storm = Storm(
            port=port,
            path=prepared["path"],
            field=prepared["field"],
            authenticator=Authenticator(bytes.fromhex(prepared["secret"])),
        )
        storm.rage(crowd[:WARM_UP_USERS], clients=WORKERS)
        for number, clients in enumerate(CLIENTS):
            begin = WARM_UP_USERS + number * users
            rates.by_clients[clients].append(storm.rage(crowd[begin : begin + users], clients=clients))


@contextmanager
def _server(runner: Runner, way: str) -> Iterator[int]:
    """Run gunicorn for one way, yield its port, and stop it."""
    port = _free_port()
    command = [str(runner.environment.python), "-m", "gunicorn", "--workers", str(WORKERS)]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error", "benchmarks.verify.wsgi:application"]
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        server = subprocess.Popen(
            command, cwd=ROOT.parent, env={**runner.variables(), "BENCH_WAY": way}, stdout=log, stderr=log
        )
        try:
            _wait_for(port, server, Path(folder) / "log")
            yield port
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

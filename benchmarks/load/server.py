"""The example under its gunicorn configuration, on PostgreSQL."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.wire import Wire

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_SECONDS = 60.0
STOP_LIMIT_SECONDS = 30.0
HOST = "127.0.0.1"


class ServerDidNotStart(Exception):
    """The server ended early or did not answer in time; the argument is its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    wire: Wire
    process: "subprocess.Popen[bytes]"
    log: Path

    def worker_pids(self) -> tuple[int, ...]:
        """Return the processes that answer requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return tuple(sorted(map(int, children.read_text().split())))

    def errors(self) -> list[str]:
        """Return what stands in the log besides the requests and what is logged on purpose."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if "Traceback" in line or " ERROR " in line or "[CRITICAL]" in line]


def environment(database_url: str) -> dict[str, str]:
    """Return the environment variables of everything that runs on the database."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.load.settings",
    }


def run(*arguments: str, variables: Mapping[str, str]) -> None:
    """Run Python with these arguments to its end."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=dict(variables), check=True)


@contextmanager
def serving(variables: Mapping[str, str], directory: Path) -> Iterator[Server]:
    """Start the server on a free port, and stop it."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "example_project/gunicorn.conf.py"]
    log = directory / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**variables, "PORT": str(port)},
            stdout=subprocess.DEVNULL,  # a line for each request
            stderr=output,
        )
        try:
            _wait_for(port, process, log)
            yield Server(wire=Wire(host=HOST, port=port), process=process, log=log)
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up_at = time.monotonic() + START_LIMIT_SECONDS
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ServerDidNotStart(log.read_text())

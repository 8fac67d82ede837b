"""The example project as people run it: gunicorn, four worker processes, a real database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.support.clients import Clients
from tests.support.databases import copied_database

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = timedelta(seconds=60)


class ServerDidNotStart(Exception):
    """The server ended early or did not answer in time; the message holds its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleServer:
    """A running server, migrated and seeded."""

    base_url: str
    database: str
    environment: Mapping[str, str]
    clients: Clients
    log: Path
    offset_file: Path
    gunicorn: "_Gunicorn"

    def manage(self, *arguments: str) -> str:
        """Run a management command on the server's database and return what it printed."""
        return _run([sys.executable, "manage.py", *arguments], self.environment)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Stop the server, and start it again afterwards: on the same port, with the same database."""
        self.gunicorn.stop()
        try:
            yield
        finally:
            self.gunicorn.start()

    def move_clock(self, offset: timedelta) -> None:
        """Let all workers' clocks run at this distance from the real one, from the next request on."""
        written = self.offset_file.with_suffix(".new")
        written.write_text(str(offset.total_seconds()))
        written.replace(self.offset_file)

    def pass_time(self, duration: timedelta) -> None:
        """Let the workers' clocks move on by this much."""
        self.move_clock(timedelta(seconds=self._offset_seconds()) + duration)

    def now(self) -> datetime:
        """Return what the workers' clocks show."""
        return datetime.now(UTC) + timedelta(seconds=self._offset_seconds())

    def _offset_seconds(self) -> float:
        return float(self.offset_file.read_text()) if self.offset_file.exists() else 0.0


@contextmanager
def serve_example(
    database: str = "sqlite",
    *,
    directory: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[ExampleServer]:
    """Run the example on a free port with a fresh database; stop it and drop the database afterwards.

    ``environment`` adds to the server's environment variables.
    """
    chosen = {"DJANGO_SETTINGS_MODULE": "example_project.settings", **(environment or {})}

    def migrate_and_seed(url: str) -> None:
        variables = {**os.environ, "DATABASE_URL": url, "EXAMPLE_UNDER_TEST": "1", **chosen}
        _run([sys.executable, "manage.py", "migrate", "--verbosity=0"], variables)
        _run([sys.executable, "manage.py", "seed_demo", "--verbosity=0"], variables)

    with copied_database(
        database, directory=directory, prepare=migrate_and_seed, same=frozenset(chosen.items())
    ) as url:
        variables = {
            **os.environ,
            "DATABASE_URL": url,
            "EXAMPLE_CLOCK_OFFSET_FILE": str(directory / "clock-offset"),
            "EXAMPLE_UNDER_TEST": "1",
            **chosen,
        }
        with _served(database, variables, directory / "server.log") as server:
            yield server


@contextmanager
def serve_beside(
    server: ExampleServer, *, log: Path, environment: Mapping[str, str]
) -> Iterator[ExampleServer]:
    """Run one more server on the database of another, with other environment variables."""
    with _served(server.database, {**server.environment, **environment}, log) as further:
        yield further


@contextmanager
def _served(database: str, environment: Mapping[str, str], log: Path) -> Iterator[ExampleServer]:
    port = _find_free_port()
    variables = {**environment, "PORT": str(port)}
    base_url = f"http://127.0.0.1:{port}"
    gunicorn = _Gunicorn(base_url, variables, log)
    with _running(gunicorn), Clients(base_url) as clients:
        yield ExampleServer(
            base_url=base_url,
            database=database,
            environment=variables,
            clients=clients,
            log=log,
            offset_file=Path(variables["EXAMPLE_CLOCK_OFFSET_FILE"]),
            gunicorn=gunicorn,
        )


class _Gunicorn:
    """The server's processes."""

    def __init__(self, base_url: str, variables: Mapping[str, str], log: Path) -> None:
        self._base_url, self._variables, self._log = base_url, dict(variables), log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start them, and wait until they answer."""
        command = [sys.executable, "-m", "gunicorn", "--config", "example_project/gunicorn.conf.py"]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "tests.support.clocked_wsgi:application"],
                cwd=ROOT,
                env=self._variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        _wait_until_it_answers(self._base_url, self._process, self._log)

    def stop(self) -> None:
        """Stop them, and wait until they have."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _running(gunicorn: _Gunicorn) -> Iterator[None]:
    try:
        gunicorn.start()
        yield
    finally:
        gunicorn.stop()


def _wait_until_it_answers(base_url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up_at = time.monotonic() + START_LIMIT.total_seconds()
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            httpx.get(base_url, timeout=START_LIMIT.total_seconds())
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise ServerDidNotStart(log.read_text())


def _run(command: list[str], variables: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=dict(variables),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}")
    return done.stdout


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

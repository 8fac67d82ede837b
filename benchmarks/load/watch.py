"""What the server holds while the load lasts: memory of its workers, connections to the database."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.load.server import Server

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_COUNT = """
SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%%')
FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One moment."""

    at: float
    workers: tuple[int, ...]
    """Their process ids."""
    rss_bytes: tuple[int, ...]
    """Resident memory, a number for each worker."""
    connections: int
    stuck: int
    """Connections that wait with an open transaction."""

    @property
    def megabytes(self) -> float:
        """Return the memory of all workers."""
        return sum(self.rss_bytes) / 2**20


@dataclass(kw_only=True)
class Watch:
    """Takes samples."""

    server: Server
    database_url: str
    every_seconds: float
    samples: list[Sample] = field(default_factory=list)

    def until(self, ends: float) -> None:
        """Take a sample now and then until the clock shows ``ends``."""
        while (left := ends - time.monotonic()) > 0:
            self.samples.append(self.take())
            time.sleep(min(self.every_seconds, left))

    def take(self) -> Sample:
        """Return how it is now."""
        connections, stuck = connections_of(self.database_url)
        workers = self.server.worker_pids()
        return Sample(
            at=time.monotonic(),
            workers=workers,
            rss_bytes=tuple(map(_rss_bytes, workers)),
            connections=connections,
            stuck=stuck,
        )

    @property
    def during(self) -> Sequence[Sample]:
        """Return the first sample after the warm-up, the one in the middle, and the last."""
        warm = self.samples[len(self.samples) // 10 :]
        return [warm[0], warm[len(warm) // 2], warm[-1]]


def connections_of(database_url: str) -> tuple[int, int]:
    """Return how many connections others have to the database, and how many of them are stuck."""
    parts = urlsplit(database_url)
    with psycopg.connect(parts._replace(path="/postgres").geturl()) as connection:
        row: Any = connection.execute(_COUNT, [parts.path.lstrip("/")]).fetchone()
    return int(row[0]), int(row[1])


def _rss_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES

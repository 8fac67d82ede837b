"""Which servers and programs are present.

A test that uses one says so, ``@pytest.mark.needs("postgresql", "zbarimg")``,
and is skipped by name where it is absent. With ``REQUIRE_ALL=1`` a skip fails
the run.
"""

import functools
import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

SERVERS = {
    "postgresql": os.environ.get(
        "ACCESSFLOW_TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres"
    ),
    "mariadb": os.environ.get("ACCESSFLOW_TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/"),
    "redis": os.environ.get("ACCESSFLOW_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
}
PROGRAMS = frozenset({"chromium", "curl", "keepassxc-cli", "node", "oathtool", "zbarimg"})
NODE_PROGRAMS = {
    # Installed by scripts/install-node-packages.
    "openapi-typescript": Path(__file__).parents[1] / "client/generated/node_modules/.bin/openapi-typescript",
}


@functools.cache
def find_absence(name: str) -> str | None:
    """Return why ``name`` cannot be used, or ``None`` when it is present."""
    if name == "sqlite":
        return None
    if name in SERVERS:
        return _find_server_absence(name)
    if name in PROGRAMS:
        return None if shutil.which(name) else f"the program {name} is not installed"
    if name in NODE_PROGRAMS:
        return None if NODE_PROGRAMS[name].exists() else f"npm has not installed {name}"
    raise ValueError(f"{name!r} is neither a known server nor a known program")


def _find_server_absence(name: str) -> str | None:
    try:
        _CONNECT[name](SERVERS[name])
    except Exception as error:  # each driver has its own, and any of them means absent
        reason = str(error).strip().splitlines()[0]
        return f"{name} does not answer: {reason}"
    return None


def _connect_to_postgresql(url: str) -> None:
    import psycopg

    psycopg.connect(url, connect_timeout=3).close()


def _connect_to_mariadb(url: str) -> None:
    connect_to_mariadb(url).close()


def connect_to_mariadb(url: str):  # type: ignore[no-untyped-def]
    """Open a connection to the server of a ``mysql://`` URL, without a database."""
    import MySQLdb

    parts = urlsplit(url)
    return MySQLdb.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username or "root",
        password=parts.password or "",
        connect_timeout=3,
    )


def _ping_redis(url: str) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=3) as redis:
        redis.sendall(b"PING\r\n")
        answer = redis.recv(64)
    if not answer.startswith((b"+PONG", b"-NOAUTH")):
        raise ConnectionError(f"PING was answered with {answer!r}")


_CONNECT = {
    "postgresql": _connect_to_postgresql,
    "mariadb": _connect_to_mariadb,
    "redis": _ping_redis,
}

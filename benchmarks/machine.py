"""What the numbers were measured on, in general terms."""

import os
import platform
import sqlite3
from collections.abc import Iterable

from benchmarks.databases import find_absence, version_of_postgresql
from benchmarks.environments import Environment
from benchmarks.peers import PEERS

GIBIBYTE = 2**30
QUIET = 0.5
"""Processes that want to run, for each core, below which a machine is at rest."""


def describe(environments: Iterable[Environment]) -> list[str]:
    """Return a line for each fact: cores, memory, system, databases, environments."""
    lines = [f"{os.cpu_count()} cores ({platform.machine()}), {_memory()}, {platform.system()}"]
    absence = find_absence("postgresql")
    postgresql = absence or f"PostgreSQL {version_of_postgresql()} on the same machine"
    lines.append(f"SQLite {sqlite3.sqlite_version}; {postgresql}")
    for environment in environments:
        packages = ("djangorestframework", "django-otp", "psycopg")
        versions = ", ".join(f"{name} {environment.versions[name]}" for name in packages)
        lines.append(f"{environment.title}, {versions}")
        peers = [peer.package for name, peer in PEERS.items() if name not in environment.absent]
        lines.append("beside " + ", ".join(f"{name} {environment.versions[name]}" for name in peers))
    return lines


def find_unrest() -> str | None:
    """Return that others use the machine too, or ``None``."""
    waiting, cores = os.getloadavg()[0], os.cpu_count() or 1
    if waiting < cores * QUIET:
        return None
    return (
        f"the machine was busy before the run ({waiting:.1f} processes on {cores} cores): mind the quartiles"
    )


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return "memory unknown"
    return f"{size / GIBIBYTE:.0f} GiB of memory"

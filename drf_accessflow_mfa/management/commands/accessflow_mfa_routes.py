"""``manage.py accessflow_mfa_routes``: which route has which guard."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drf_accessflow_mfa.guards import find_guard
from drf_accessflow_mfa.services.route_table import DeadBinding, RouteEntry, route_table

_REQUIRES = {True: "MFA", False: "", None: "depends"}


class Command(BaseCommand):
    """Lists the routes, those that change data without a guard first."""

    help = (
        "List every route with its guard, flow, methods and whether it requires MFA now; first the routes "
        "that change data and have no guard, last the bindings that guard nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--fail-on-open",
            action="store_true",
            help="Exit with 1 when a route changes data by a method that has no guard and is not allowed, "
            "and when a flow is bound to what no request leads to.",
        )
        parser.add_argument(
            "--allow",
            action="append",
            default=[],
            metavar="ROUTE",
            help="A route that may be open: its pattern or its name; a trailing * matches the rest.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        table = route_table(find_guard)
        open_entries = [
            entry for entry in table.entries if entry.is_open and not _is_allowed(entry, options["allow"])
        ]
        if options["format"] == "json":
            routes = [{**asdict(entry), "open": entry in open_entries} for entry in table.entries]
            dead = [asdict(binding) for binding in table.dead_bindings]
            self.stdout.write(json.dumps({"routes": routes, "dead_bindings": dead}, indent=2))
        else:
            self._print(table.entries, open_entries)
            self._print_dead(table.dead_bindings)
        if options["fail_on_open"] and (open_entries or table.dead_bindings):
            raise CommandError(_failure(len(open_entries), len(table.dead_bindings)), returncode=1)

    def _print(self, entries: Sequence[RouteEntry], open_entries: Sequence[RouteEntry]) -> None:
        self.stdout.write(f"{len(open_entries)} of {len(entries)} routes change data and have no guard.")
        rows = [
            (
                "open" if entry in open_entries else entry.guard or "-",
                ",".join(entry.methods),
                "/" + entry.route,
                entry.name,
                ", ".join(_flow_with_methods(entry, flow) for flow in entry.flows),
                _REQUIRES[entry.requires_mfa],
            )
            for entry in entries
        ]
        header = ("GUARD", "METHODS", "ROUTE", "NAME", "FLOWS", "NOW")
        widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
        for row in (header, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())

    def _print_dead(self, bindings: Sequence[DeadBinding]) -> None:
        for binding in bindings:
            self.stdout.write(
                f"Guards nothing: {binding.method or '*'} {binding.route} is bound to {binding.flow}, but "
                f"{binding.reason}."
            )


def _flow_with_methods(entry: RouteEntry, flow: str) -> str:
    methods = entry.methods_of_flows[flow]
    return flow if methods == entry.methods else f"{flow} ({','.join(methods)})"


def _failure(open_count: int, dead_count: int) -> str:
    found = [f"{open_count} routes change data and have no guard."] if open_count else []
    return " ".join([*found, *([f"{dead_count} bindings guard nothing."] if dead_count else [])])


def _is_allowed(entry: RouteEntry, allowed: Sequence[str]) -> bool:
    return any(
        name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1]))
        for pattern in allowed
        for name in (entry.route, entry.name)
        if name
    )

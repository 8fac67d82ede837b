"""``manage.py accessflow_mfa_audit seal|verify|export|protect|unprotect``."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.dateparse import parse_datetime

from drf_accessflow_mfa.models import audit_triggers
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services import audit_check, audit_export, seal
from drf_accessflow_mfa.services.audit_check import Anchor

_MOST_SHOWN = 20
_WRITERS = {"jsonl": audit_export.json_lines, "csv": audit_export.csv_lines}


class Command(BaseCommand):
    """Seals, checks and exports the audit log."""

    help = "Seal, verify or export the audit log, or let the database itself protect it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the acts and their options."""
        acts = parser.add_subparsers(dest="act", required=True)
        sealing = acts.add_parser("seal", help="Put what was appended into signed checkpoints.")
        sealing.add_argument("--batch-size", type=int, default=seal.EVENTS_IN_A_CHECKPOINT, metavar="N")
        sealing.add_argument(
            "--search-everywhere",
            action="store_true",
            help="Look for events that were committed late below all checkpoints, not only the last day's.",
        )
        verifying = acts.add_parser("verify", help="Name what was changed, removed or inserted; fails then.")
        verifying.add_argument(
            "--anchor",
            type=_anchor,
            metavar="NUMBER:DIGEST",
            help="A checkpoint as `seal` printed it, kept elsewhere: tells a log that was cut off.",
        )
        exporting = acts.add_parser("export", help="Write all events, as JSON Lines or CSV.")
        exporting.add_argument("--format", choices=sorted(_WRITERS), default="jsonl")
        exporting.add_argument("--since", type=_moment, help="ISO 8601; UTC unless it says otherwise.")
        exporting.add_argument("--until", type=_moment, help="ISO 8601; UTC unless it says otherwise.")
        exporting.add_argument("--output", type=Path, help="A new file; without it, standard output.")
        acts.add_parser("protect", help="Create the triggers that refuse to change or delete events.")
        acts.add_parser("unprotect", help="Drop these triggers.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the acts."""
        getattr(self, f"_{options['act']}")(options)

    def _seal(self, options: dict[str, Any]) -> None:
        sealed = seal.seal_all(
            batch=max(1, options["batch_size"]), search_everywhere=options["search_everywhere"]
        )
        for checkpoint in sealed.checkpoints:
            self.stdout.write(f"{checkpoint.number}:{checkpoint.digest} {checkpoint.event_count} events")
        if not sealed.checkpoints:
            self.stdout.write("Nothing new to seal.")
        if sealed.refused:
            shown = ", ".join(map(str, sealed.refused[:_MOST_SHOWN]))
            raise CommandError(
                f"{len(sealed.refused)} events bear no signature of a configured key and were not sealed: "
                f"{shown}. Run verify.",
                returncode=1,
            )

    def _verify(self, options: dict[str, Any]) -> None:
        report = audit_check.check_trail(anchor=options["anchor"])
        connection = connections[write_alias()]
        if audit_triggers.is_supported(connection) and not audit_triggers.are_installed(connection):
            self.stderr.write("The database lets events be changed and deleted: see `protect`.")
        self.stdout.write(
            f"{report.checkpoints} checkpoints, {report.sealed} sealed events, "
            f"{report.unsealed} not sealed yet, {report.pruned} pruned."
        )
        if report.is_whole:
            self.stdout.write("Nothing was changed, removed or inserted.")
            return
        shown = "\n".join(f"  {finding}" for finding in report.findings[:_MOST_SHOWN])
        raise CommandError(f"{len(report.findings)} findings, the first first:\n{shown}", returncode=1)

    def _export(self, options: dict[str, Any]) -> None:
        lines = _WRITERS[options["format"]](since=options["since"], until=options["until"])
        if options["output"] is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        # Never over a file that is there: it may be yesterday's evidence.
        with options["output"].open("x", encoding="utf-8", newline="") as output:
            output.writelines(lines)

    def _protect(self, options: dict[str, Any]) -> None:
        connection = connections[write_alias()]
        if not audit_triggers.is_supported(connection):
            raise CommandError(f"There are no triggers for {connection.vendor}.")
        audit_triggers.install(connection)
        self.stdout.write("The database refuses to change or delete audit events now.")

    def _unprotect(self, options: dict[str, Any]) -> None:
        connection = connections[write_alias()]
        if audit_triggers.is_supported(connection):
            audit_triggers.uninstall(connection)
        self.stdout.write("The database lets audit events be changed and deleted now.")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no moment in ISO 8601.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _anchor(text: str) -> Anchor:
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise ArgumentTypeError("An anchor is the number of a checkpoint, a colon, and its digest.")
    return Anchor(number=int(number), digest=digest)

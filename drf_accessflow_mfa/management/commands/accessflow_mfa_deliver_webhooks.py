"""``manage.py accessflow_mfa_deliver_webhooks``: send the webhooks that are due."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from drf_accessflow_mfa.services import webhooks

SHORTEST_PAUSE_SECONDS = 0.1


class Command(BaseCommand):
    """Sends what is due; several may run at once, and as often as one likes."""

    help = (
        "Send the webhooks of ACCESSFLOW_MFA_WEBHOOKS that are due: new ones, and those whose last "
        "attempt failed, with growing waits between the attempts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--batch-size", type=int, default=webhooks.BATCH, metavar="N")
        parser.add_argument("--watch", type=float, metavar="SECONDS", help="go on, and look this often")

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        """Send once, or until it is interrupted."""
        batch, pause_seconds = max(1, options["batch_size"]), options["watch"]
        try:
            while True:
                report = self._send(batch)
                if verbosity and (report or pause_seconds is None):
                    self.stdout.write(report or "Nothing is due.")
                if pause_seconds is None:
                    return
                time.sleep(max(SHORTEST_PAUSE_SECONDS, pause_seconds))
                close_old_connections()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _send(self, batch: int) -> str:
        attempts = list(webhooks.deliver_due(batch=batch))
        delivered = sum(attempt.succeeded for attempt in attempts)
        return f"Delivered {delivered}, failed {len(attempts) - delivered}." if attempts else ""

"""``manage.py accessflow_mfa_prune``: delete what is older than the settings keep."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drf_accessflow_mfa.services import prune


class Command(BaseCommand):
    """Prunes in batches, beside live traffic; run it again at any time."""

    help = (
        "Delete verifications older than ACCESSFLOW_MFA_KEEP_VERIFICATIONS, enrollments that were never "
        "confirmed, and, where ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS is set, sealed audit events."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--batch-size", type=int, default=prune.BATCH, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prune, and report."""
        pruned: Counter[str] = Counter()
        try:
            for batch in prune.prune(batch=max(1, options["batch_size"])):
                pruned[batch.what] += batch.count
        except prune.CheckpointDamaged as error:
            raise CommandError(str(error), returncode=1) from error
        finally:
            for what, count in pruned.items():
                self.stdout.write(f"{count} {what} deleted")
        if not pruned:
            self.stdout.write("Nothing is old enough.")

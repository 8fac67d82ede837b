"""``manage.py accessflow_mfa_rotate_keys``: seal all secrets with the newest key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drf_accessflow_mfa.services import rotate, seal

_MOST_SHOWN = 20


class Command(BaseCommand):
    """Rotates the keys, beside live traffic; run it again at any time."""

    help = (
        "Seal the secrets of authenticator apps with the newest of ACCESSFLOW_MFA_ENCRYPTION_KEYS, and say "
        "what still depends on older keys. Fails when a secret cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--batch-size", type=int, default=rotate.BATCH, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and report."""
        done = current = overtaken = 0
        unreadable: list[int] = []
        for batch in rotate.rotate_secrets(batch=max(1, options["batch_size"])):
            done, current, overtaken = done + batch.done, current + batch.current, overtaken + batch.overtaken
            unreadable += batch.unreadable
            self.stdout.write(f"{done} sealed anew, {current} current, {len(unreadable)} unreadable")
        # From here on the newest key vouches for all older checkpoints.
        seal.seal_all()
        tombstones = rotate.rotate_tombstones()
        if tombstones:
            self.stdout.write(f"{tombstones} tombstones of the audit log signed anew")
        self._report_bound()
        if overtaken:
            self.stdout.write(f"{overtaken} changed meanwhile: run this again.")
        if unreadable:
            shown = ", ".join(map(str, unreadable[:_MOST_SHOWN]))
            raise CommandError(
                f"No configured key opens the secrets of {len(unreadable)} authenticator apps (ids {shown}): "
                "add the missing key, or reset their users.",
                returncode=1,
            )

    def _report_bound(self) -> None:
        bound = rotate.count_bound_to_old_keys()
        if bound.recovery_codes:
            self.stdout.write(
                f"{bound.recovery_codes} unused recovery codes of {bound.users} users work only as long as "
                "an older key is configured: ask these users to replace them first."
            )
        else:
            self.stdout.write("Nothing depends on older keys.")

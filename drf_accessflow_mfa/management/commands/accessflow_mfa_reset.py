"""``manage.py accessflow_mfa_reset USER --reason "..."``: for somebody who lost their second factor."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from drf_accessflow_mfa.domain.errors import FactorsDisabled
from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.services import reset
from drf_accessflow_mfa.services.factor_removal import LONGEST_REASON, FactorsReset
from drf_accessflow_mfa.services.flows import Editor


class Command(BaseCommand):
    """Resets a user's second factor, or forgets their wrong codes."""

    help = (
        "Remove all devices and recovery codes of a user, end their verifications, and tell them by e-mail. "
        "They enroll anew. No second administrator is asked: whoever runs this could edit the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("user", help="The user's name.")
        parser.add_argument("--reason", required=True, help="For the audit log: who asked, and the ticket.")
        parser.add_argument(
            "--unlock",
            action="store_true",
            help="Only forget the wrong codes; devices stay. Refused when codes are disabled.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        user, reason = _find(options["user"]), options["reason"].strip()
        if not 0 < len(reason) <= LONGEST_REASON:
            raise CommandError(f"The reason has 1 to {LONGEST_REASON} characters.")
        editor = Editor(caller=None, origin=Origin(source=Source.COMMAND))
        if options["unlock"]:
            self._unlock(user, reason, editor)
            return
        outcome = reset.reset_factors(user, reason=reason, editor=editor)
        if isinstance(outcome, FactorsReset):
            self.stdout.write(
                f"Reset {user.get_username()}: {len(outcome.devices)} devices removed, "
                f"{outcome.verifications} verifications ended."
            )

    def _unlock(self, user: Any, reason: str, editor: Editor) -> None:
        try:
            reset.unlock_factors(user, reason=reason, editor=editor)
        except FactorsDisabled as error:
            raise CommandError(
                "So many wrong codes came in a row that the devices have to be replaced: "
                "run this without --unlock."
            ) from error
        self.stdout.write(f"{user.get_username()} can verify again.")


def _find(username: str) -> Any:
    model = get_user_model()
    user = model._default_manager.filter(**{model.USERNAME_FIELD: username}).first()
    if user is None:
        raise CommandError(f"There is no user {username!r}.")
    return user

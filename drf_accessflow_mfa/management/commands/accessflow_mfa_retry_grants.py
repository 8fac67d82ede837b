"""``manage.py accessflow_mfa_retry_grants``: let grant handlers finish what they owe."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.services.requests import retry_grants


class Command(BaseCommand):
    """Grants and withdraws what is due; as often as one likes."""

    help = "Call the grant handlers for every access request whose grant or withdrawal is due."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        """Settle what is due, and fail where something stays due."""
        outcomes = list(retry_grants(origin=Origin(source=Source.COMMAND)))
        unsettled = [str(request_id) for request_id, is_settled in outcomes if not is_settled]
        if verbosity:
            self.stdout.write(f"Settled {len(outcomes) - len(unsettled)}.")
        if unsettled:
            raise CommandError(f"Still due: {', '.join(unsettled)}. The log says why.")

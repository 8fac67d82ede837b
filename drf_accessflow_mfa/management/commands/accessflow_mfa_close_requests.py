"""``manage.py accessflow_mfa_close_requests``: write down which access has ended."""

from typing import Any

from django.core.management.base import BaseCommand

from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.services.requests import close_requests


class Command(BaseCommand):
    """Appends the events of what is over; as often as one likes."""

    help = (
        "Write the audit events of access requests that have ended or expired, and let grant handlers "
        "withdraw. Access ends at its time whether or not this runs."
    )

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        """Close what is over."""
        closed = close_requests(origin=Origin(source=Source.COMMAND))
        if verbosity:
            self.stdout.write(f"Closed {closed}.")

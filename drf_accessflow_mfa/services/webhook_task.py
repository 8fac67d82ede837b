"""The background task that sends one webhook; imported only where tasks are configured."""

from uuid import UUID

from django.utils.module_loading import import_string

from drf_accessflow_mfa.services.webhooks import deliver


def send_webhook(delivery_id: str) -> None:
    """Attempt one delivery; what fails is tried again by the command."""
    deliver(UUID(delivery_id))


# Django 5.2 has no tasks. A worker finds this one by its dotted path.
send_webhook = import_string("django.tasks.task")(send_webhook)

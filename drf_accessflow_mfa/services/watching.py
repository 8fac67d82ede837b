"""Watch what a host does to rows, as whichever class it does it."""

from collections.abc import Callable
from typing import Any

from django.apps import apps


def watch(signal: Any, model: Any, receiver: Callable[..., None], *, with_children: bool = False) -> None:
    """Connect a receiver for a model and its proxies; a second call changes nothing.

    Django sends a signal as the class that was used, and as no other: a save of
    a child is heard only ``with_children``. A child that is deleted is sent as
    its parent, too.
    """
    concrete = model._meta.concrete_model
    for sender in apps.get_models():
        if sender._meta.concrete_model is concrete or (with_children and issubclass(sender, concrete)):
            uid = f"accessflow_mfa_{receiver.__name__}_{sender._meta.label_lower}"
            signal.connect(receiver, sender=sender, dispatch_uid=uid)

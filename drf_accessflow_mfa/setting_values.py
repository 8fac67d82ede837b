"""In which forms a value may stand in the settings, and what it is read as."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


def as_timedelta(value: int | timedelta) -> timedelta:
    """Return a duration that was set as whole seconds or as ``timedelta``."""
    return value if isinstance(value, timedelta) else timedelta(seconds=value)


def as_callable(value: str | Callable[..., Any]) -> Callable[..., Any]:
    """Return a callable that was set as itself or as a dotted path. Raises ``ImportError``."""
    found: Callable[..., Any] = import_string(value) if isinstance(value, str) else value
    return found


def as_grant_handler(value: Any) -> Any:
    """Return a grant handler that was set as itself, as its class, or as the path of either.

    Raises ``ImportError`` and ``ImproperlyConfigured``.
    """
    handler = import_string(value) if isinstance(value, str) else value
    handler = handler() if isinstance(handler, type) else handler
    for name in ("grant", "withdraw"):
        if not callable(getattr(handler, name, None)):
            raise ImproperlyConfigured(f"The grant handler {value!r} has no method {name}().")
    return handler


def is_installed(label: str) -> bool:
    """Tell whether the app of a model is installed."""
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True

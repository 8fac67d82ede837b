"""Classes of packages that a project may not have installed."""

import sys
from typing import Any


def loaded(module: str, name: str) -> Any:
    """Return what a module holds, or ``None`` while nothing has imported it.

    Whatever authenticated a request was imported before. So nothing is
    imported here, and an absent package costs one look-up.
    """
    return getattr(sys.modules.get(module), name, None)


def is_instance(value: object, module: str, name: str) -> bool:
    """Tell whether a value is of a class, or of a subclass, from an optional package."""
    # As loaded(), without its call: asked at every request.
    cls = getattr(sys.modules.get(module), name, None)
    return isinstance(cls, type) and isinstance(value, cls)

"""Where the methods of stock devices do what django-otp wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_left: ContextVar[bool] = ContextVar("left to django-otp", default=False)


@contextmanager
def left_to_django_otp() -> Iterator[None]:
    """Lead no call of a stock device through our door: we are behind it, or it is not meant."""
    before = _is_left.set(True)
    try:
        yield
    finally:
        _is_left.reset(before)


def is_left_to_django_otp() -> bool:
    """Tell whether stock devices are on their own here."""
    return _is_left.get()

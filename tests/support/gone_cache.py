"""A cache whose server does not answer."""

from typing import Any, NoReturn

from django.core.cache.backends.base import BaseCache


class GoneCache(BaseCache):
    """Fails whatever is asked of it."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _fail(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ConnectionError("The cache does not answer.")

    add = get = set = touch = delete = clear = incr = has_key = get_many = set_many = _fail

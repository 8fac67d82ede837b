"""Django's CSRF check, asked rather than obeyed.

The token changes with each verification, so a form in another tab grows
stale. Django's own middleware would answer it with a bare 403; our pages say
what happened, and what to do.
"""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware


class _Check(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def find_forgery(request: HttpRequest) -> str | None:
    """Return why a request may be forged; ``None``: it carries this browser's token, or needs none."""
    check = _Check(_no_view)
    check.process_request(request)
    reason: Any = check.process_view(request, _no_view, (), {})
    return None if reason is None else str(reason)


def _no_view(*args: Any, **kwargs: Any) -> Any:
    return None

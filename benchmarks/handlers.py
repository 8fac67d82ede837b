"""Django's own handler with the middleware of one subject: several stand side by side in a process."""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.test.utils import override_settings
from django.urls import URLPattern


def handler_with(middleware: Iterable[str]) -> BaseHandler:
    """Return a handler that runs this middleware, whatever the settings say."""
    handler = BaseHandler()
    with override_settings(MIDDLEWARE=list(middleware)):
        handler.load_middleware()
    return handler


def caller_with(handler: BaseHandler, environ: Mapping[str, Any], route: URLPattern) -> Callable[[], Any]:
    """Return a function that answers this GET once more, as a WSGI server would ask for it.

    The route is the only one: further down in a URLconf each costs more.
    """
    urlconf = (route,)

    def call() -> Any:
        request = WSGIRequest({**environ, "wsgi.input": BytesIO()})
        request.urlconf = urlconf
        return handler.get_response(request)

    return call

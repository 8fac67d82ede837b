"""What is measured: one guarded view, and how a caller comes to pass it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.site.account import Account


class Plain(APIView):
    """The view without any guard."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer who asks."""
        return Response({"user": request.user.get_username()})


def nothing(account: Account) -> None:
    """Prepare nothing: to be authenticated is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One guarded view."""

    key: str
    label: str
    view: type[APIView]
    middleware: tuple[str, ...] = ()
    """What the guard needs beside the middleware that ``startproject`` writes."""
    only: str | None = None
    """The one credential that the guard knows, where it does not know all."""
    prepare: Callable[[Account], None] = nothing
    """Makes an account that passes the guard out of one that is authenticated."""

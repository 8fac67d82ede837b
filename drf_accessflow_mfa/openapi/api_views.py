"""Our own views: one extension finds the operations of a view, also of a project's subclass."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from drf_accessflow_mfa.api.base import MFAView
from drf_accessflow_mfa.openapi.answers import MoreAnswers, replaced, strangers_get_401
from drf_accessflow_mfa.openapi.operations import OPERATIONS
from drf_accessflow_mfa.openapi.pages import PAGES
from drf_accessflow_mfa.openapi.request_operations import REQUEST_OPERATIONS
from drf_accessflow_mfa.openapi.reset_operations import RESET_OPERATIONS
from drf_accessflow_mfa.openapi.shapes import MFAProblemSerializer

_OPERATIONS = {**OPERATIONS, **REQUEST_OPERATIONS, **RESET_OPERATIONS}


class ApiSchema(MoreAnswers):
    """What any of our operations can answer, whatever it does."""

    def more_answers(self) -> Iterable[tuple[int, Any, str]]:
        """Return the refusals of authentication, negotiation, parsing and the project's throttles."""
        if self.method not in SAFE_METHODS:
            yield 400, MFAProblemSerializer, "The body cannot be read."
            yield 415, MFAProblemSerializer, "The body must be JSON."
        if strangers_get_401(self.view):
            yield 401, MFAProblemSerializer, "The credential is missing or wrong."
        yield 403, MFAProblemSerializer, "Not allowed, or the credential cannot carry a second factor."
        yield 406, MFAProblemSerializer, "Only JSON is spoken here."
        if self.view.get_throttles():
            yield 429, MFAProblemSerializer, "Too many requests."


class ApiViewExtension(OpenApiViewExtension):  # type: ignore[no-untyped-call]
    """Documents every view of our API."""

    target_class = MFAView
    match_subclasses = True

    def view_replacement(self) -> type[APIView]:
        """Return the view with its operations described."""
        known = [parent for parent in self.target.__mro__ if parent in _OPERATIONS]
        if not known:
            return self.target  # type: ignore[no-any-return]
        view = replaced(self.target, _OPERATIONS[known[0]], ApiSchema)
        view.pagination_class = PAGES.get(known[0])
        return view

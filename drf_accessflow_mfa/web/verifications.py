"""Forget one's own live verifications."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from drf_accessflow_mfa.domain.errors import VerificationNotFound
from drf_accessflow_mfa.services import revoke
from drf_accessflow_mfa.web.base import Page, to_page


class ForgetPage(Page):
    """Forget one verification."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, verification_id: UUID) -> HttpResponse:
        """Forget it; one that has ended meanwhile is forgotten already."""
        try:
            revoke.forget_verification(self.caller, verification_id, origin=self.origin)
        except VerificationNotFound:
            return to_page("security")
        return to_page("security", done="forgotten")


class ForgetAllPage(Page):
    """Forget all verifications, through whatever credential."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Forget them."""
        revoke.forget_verifications(self.caller, origin=self.origin)
        return to_page("security", done="all-forgotten")

"""Replace one's recovery codes."""

from django.http import HttpRequest, HttpResponse

from drf_accessflow_mfa.services.recovery import replace_recovery_codes
from drf_accessflow_mfa.services.require import require_fresh
from drf_accessflow_mfa.services.status import recovery_codes_left
from drf_accessflow_mfa.web.base import Page


class RecoveryCodesPage(Page):
    """Say what replacing does, then show the new codes, once."""

    template = "drf_accessflow_mfa/recovery_codes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a fresh verification first, then whether it is meant."""
        require_fresh(self.caller)
        return self.render({"recovery": recovery_codes_left(self.caller)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Replace them; the new ones are in this answer and never again."""
        codes = replace_recovery_codes(self.caller, origin=self.origin)
        return self.render({"codes": codes}, template="drf_accessflow_mfa/recovery_codes_shown.html")

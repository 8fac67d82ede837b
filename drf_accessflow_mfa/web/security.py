"""The *Security & Privacy* page."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.domain.errors import StepUpRequired
from drf_accessflow_mfa.services.audit_log import origins_of, own_events
from drf_accessflow_mfa.services.require import require_fresh
from drf_accessflow_mfa.services.revoke import live_verifications
from drf_accessflow_mfa.services.status import recovery_codes_left, status_of
from drf_accessflow_mfa.web.base import Page

NEWEST_EVENTS = 5
FEW_CODES = 3

NOTICES = {
    "enrolled": _("The authenticator app is set up."),
    "renamed": _("The new name is saved."),
    "removed": _("The device is removed."),
    "forgotten": _("The verification is forgotten."),
    "all-forgotten": _("All verifications are forgotten."),
    "codes-saved": _("Your recovery codes are ready."),
}


class SecurityPage(Page):
    """Devices, recovery codes, live verifications and the log of one's own MFA."""

    template = "drf_accessflow_mfa/security.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it all."""
        status = status_of(self.caller)
        verifications = live_verifications(self.caller)
        confirmed = [device for device in status.devices if device.confirmed]
        return self.render(
            {
                "status": status,
                "devices": confirmed,
                "device_names": {device.id: device.name for device in confirmed},
                "recovery": recovery_codes_left(self.caller),
                "few_codes": FEW_CODES,
                "verifications": verifications,
                "origins": origins_of(self.caller.user, [live.row for live in verifications]),
                "events": own_events(self.caller.user)[:NEWEST_EVENTS],
                "reader": self.caller.user.pk,
                "is_fresh": self._is_fresh(),
                "notice": NOTICES.get(request.GET.get("done", "")),
            }
        )

    def _is_fresh(self) -> bool:
        try:
            require_fresh(self.caller)
        except StepUpRequired:
            return False
        return True

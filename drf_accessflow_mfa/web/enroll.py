"""Enroll an authenticator app on plain pages: name it, scan and confirm, keep the recovery codes."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext_lazy

from drf_accessflow_mfa.domain.errors import DeviceLimitReached, EnrollmentNotFound, EnrollmentRefused
from drf_accessflow_mfa.qr import svg_of
from drf_accessflow_mfa.services import enroll, manage
from drf_accessflow_mfa.services.enroll import Enrolled
from drf_accessflow_mfa.web.base import Page, to_page
from drf_accessflow_mfa.web.next_page import next_page, page_as_form
from drf_accessflow_mfa.web.refusals import refusal_context

LONGEST_NAME = 64


class NameForm(forms.Form):
    """The name of a device."""

    name = forms.CharField(
        label=pgettext_lazy("mfa", "Name"),
        max_length=LONGEST_NAME,
        initial=pgettext_lazy("mfa", "Authenticator app"),
    )


class EnrollPage(Page):
    """Name the app, then show its QR code; the secret is on that one answer and never again."""

    template = "drf_accessflow_mfa/enroll.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a name."""
        try:
            enroll.allow_enrollment(self.caller)
        except DeviceLimitReached:
            return self.render({"is_full": True}, status=409)
        return self.render({"form": NameForm(), "is_setting_up": True})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin, and show what to scan."""
        form = NameForm(request.POST)
        if not form.is_valid():
            return self.render({"form": form, "is_setting_up": True}, status=400)
        try:
            begun = enroll.begin_enrollment(self.caller, name=form.cleaned_data["name"], origin=self.origin)
        except DeviceLimitReached:
            return self.render({"form": form, "is_full": True}, status=409)
        except EnrollmentRefused as error:
            return self.render({"form": form, "refused": error.detail, "is_setting_up": True}, status=403)
        context = {
            "enrollment": begun,
            "device_id": begun.device.id,
            "qr_svg": svg_of(begun.otpauth_uri),
            "is_setting_up": True,
        }
        return self.render(context, template=ConfirmPage.template)


class ConfirmPage(Page):
    """Confirm the app with its first code, then show the recovery codes, once."""

    template = "drf_accessflow_mfa/confirm.html"

    def get(self, request: HttpRequest, device_id: str) -> HttpResponse:
        """Start over: what was to be scanned here is not shown twice."""
        return to_page("enroll", next=next_page(request))

    def post(self, request: HttpRequest, device_id: str) -> HttpResponse:
        """Confirm, or say what to do about a refused code."""
        code = request.POST.get("code", "")
        try:
            outcome = enroll.confirm_enrollment(self.caller, device_id, code, origin=self.origin)
        except EnrollmentNotFound:
            return self._set_up_already(device_id) or self.render({"is_over": True}, status=404)
        if not isinstance(outcome, Enrolled):
            refusal = refusal_context(outcome, request)
            context = {"device_id": device_id, "is_setting_up": True, **refusal}
            return self.render(context, status=refusal["status"])
        if outcome.recovery_codes is None:
            return to_page("security", done="enrolled") if not next_page(request) else _on(request)
        context = {"codes": outcome.recovery_codes, "is_first": True, "on": page_as_form(next_page(request))}
        return self.render(context, template="drf_accessflow_mfa/recovery_codes_shown.html")

    def refuse_stale_form(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so when the form was confirmed already: with that, its token has changed."""
        return self._set_up_already(kwargs["device_id"]) or super().refuse_stale_form(*args, **kwargs)

    def _set_up_already(self, device_id: str) -> HttpResponse | None:
        # Reloaded, or posted again because the answer was lost: the codes were shown, or never seen.
        confirmed = {device.id for device in manage.list_devices(self.caller) if device.confirmed}
        return self.render({"is_set_up": True}, status=409) if device_id in confirmed else None


def _on(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": next_page(request)})

"""Rename and remove one's own devices."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from drf_accessflow_mfa.devices.registry import UserDevice
from drf_accessflow_mfa.domain.errors import DeviceNotFound
from drf_accessflow_mfa.services import manage
from drf_accessflow_mfa.services.require import require_fresh
from drf_accessflow_mfa.web.base import Page, to_page
from drf_accessflow_mfa.web.enroll import NameForm


class DevicePage(Page):
    """A page about one device of the caller; anybody else's is not found."""

    def device(self, device_id: str) -> UserDevice:
        """Return the device."""
        for device in manage.list_devices(self.caller):
            if device.id == device_id:
                return device
        raise Http404


class RenameDevicePage(DevicePage):
    """Give a device another name."""

    template = "drf_accessflow_mfa/rename.html"

    def get(self, request: HttpRequest, device_id: str) -> HttpResponse:
        """Show the name."""
        device = self.device(device_id)
        return self._ask(device, NameForm(initial={"name": device.name}))

    def post(self, request: HttpRequest, device_id: str) -> HttpResponse:
        """Keep the new name."""
        form = NameForm(request.POST)
        if not form.is_valid():
            return self._ask(self.device(device_id), form, status=400)
        try:
            manage.rename_device(self.caller, device_id, name=form.cleaned_data["name"], origin=self.origin)
        except DeviceNotFound as error:
            raise Http404 from error
        return to_page("security", done="renamed")

    def _ask(self, device: UserDevice, form: forms.Form, *, status: int = 200) -> HttpResponse:
        return self.render({"device": device, "form": form}, status=status)


class RemoveDevicePage(DevicePage):
    """Remove a device, after a page that says what ends with it."""

    template = "drf_accessflow_mfa/remove.html"

    def get(self, request: HttpRequest, device_id: str) -> HttpResponse:
        """Ask for a fresh verification first, then whether it is meant."""
        device = self.device(device_id)
        if device.confirmed:
            require_fresh(self.caller)
        others = [
            other for other in manage.list_devices(self.caller) if other.confirmed and other.id != device_id
        ]
        return self.render({"device": device, "is_last": device.confirmed and not others})

    def post(self, request: HttpRequest, device_id: str) -> HttpResponse:
        """Remove it."""
        try:
            manage.remove_device(self.caller, device_id, origin=self.origin)
        except DeviceNotFound as error:
            raise Http404 from error
        return to_page("security", done="removed")

"""What to look for in the audit log."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from drf_accessflow_mfa.domain.events import EventKind, Outcome
from drf_accessflow_mfa.services.audit_log import events_for
from drf_accessflow_mfa.services.flows import visible_flows
from example_project.portal.wording import SENTENCES


class MomentField(forms.DateTimeField):
    """A moment in the reader's own time zone, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        """Return it in UTC, which every database can be asked about."""
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class ActivityFilter(forms.Form):
    """A form of which nothing is required; what cannot be read finds nothing, and says so."""

    kind = forms.ChoiceField(
        required=False, choices=[("", "Everything"), *((kind.value, SENTENCES[kind]) for kind in EventKind)]
    )
    outcome = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), *((outcome.value, outcome.value.capitalize()) for outcome in Outcome)],
    )
    subject = forms.CharField(required=False, label="User", max_length=150)
    flow = forms.ChoiceField(required=False, label="Access flow")
    since = MomentField()
    until = MomentField()
    zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-zone": ""}))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        flows = visible_flows(include_inactive=user.has_perm("drf_accessflow_mfa.change_accessflow"))
        choices = [("", "Any"), *flows.prefetch_related(None).values_list("slug", "name")]
        self.fields["flow"].choices = choices  # type: ignore[attr-defined] # of a field with choices

    @property
    def zone_name(self) -> str:
        """The reader's zone, as their browser names it, else UTC."""
        zone: str = self.data.get("zone", "")
        return zone if zone in _zones() else "UTC"

    def full_clean(self) -> None:
        """Read the times in the reader's zone."""
        with timezone.override(ZoneInfo(self.zone_name)):
            super().full_clean()

    def clean_until(self) -> datetime | None:
        """Return the end of the minute, so that what is shown with this minute is found."""
        until: datetime | None = self.cleaned_data["until"]
        return until and until.replace(second=59, microsecond=999_999)

    def found(self) -> Any:
        """Return the events that match, newest first; none where a filter cannot be read."""
        if not self.is_valid():
            return []
        wanted = {name: value for name, value in self.cleaned_data.items() if value and name != "zone"}
        return events_for(self._user, wanted)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # a walk through the file system

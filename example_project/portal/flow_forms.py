"""The forms of access flows: all that the portal edits, and a new flow with its slug."""

from typing import Any

from django import forms
from django.utils.text import slugify

from drf_accessflow_mfa.domain.policy import Scope
from drf_accessflow_mfa.models import AccessFlow

START = ("name", "require_mfa", "slug")
REST = (
    "description",
    "is_active",
    "mfa_max_age",
    "mfa_scope",
    "requesters",
    "approvers",
    "approvals_required",
    "require_mfa_to_approve",
    "justification_required",
    "max_duration",
)
SCOPES = [
    (Scope.CREDENTIAL.value, "The session or token that was verified"),
    (Scope.USER.value, "Every session and token of the user"),
]
TAKEN = "Another access flow has this slug: type a different one."
NO_SLUG = "No slug can be made of this name: type one."


class FlowForm(forms.ModelForm):
    """All that the portal edits of a flow: the name, the toggle, and then the rest."""

    class Meta:
        model = AccessFlow
        fields: tuple[str, ...] = ("name", "require_mfa", *REST)
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2}),
            "requesters": forms.CheckboxSelectMultiple,
            "approvers": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "mfa_max_age": "Hours, minutes and seconds, for example 0:15:00. Empty: one hour.",
            "max_duration": "The longest access that can be requested, for example 8:00:00.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mfa_scope"].choices = SCOPES  # type: ignore[attr-defined] # of a field with choices

    def rest(self) -> list[Any]:
        """Return the fields after name and toggle."""
        return [self[name] for name in REST]


class NewFlowForm(FlowForm):
    """A flow that is created in two steps; the rest is there once the second was seen."""

    class Meta(FlowForm.Meta):
        fields = (*START, *REST)
        error_messages = {"slug": {"unique": TAKEN}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False

    @property
    def has_rest(self) -> bool:
        """Whether the second step came along."""
        return "rest" in self.data

    def is_start_wrong(self) -> bool:
        """Tell whether the first step has something to mend."""
        return not self.errors.keys().isdisjoint(START)

    def start(self) -> dict[str, Any]:
        """Return the first step, for the second."""
        return {name: self[name].value() for name in START}

    def clean(self) -> dict[str, Any]:
        """Make the slug of the name where none was typed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "name" in cleaned and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = slugify(cleaned["name"])[:100]
            if not cleaned["slug"]:
                self.add_error("slug", NO_SLUG)
        return cleaned

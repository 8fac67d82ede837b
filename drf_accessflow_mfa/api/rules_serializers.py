"""The shape of a flow's rules for access requests."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from drf_accessflow_mfa.api.fields import GroupsField, LabelsField, SecondsField, StrictBooleanField
from drf_accessflow_mfa.models.request_rules import LONGEST_ACCESS, MOST_APPROVALS, MOST_EXTENSIONS

RULES_FIELDS = (
    "requesters",
    "approvers",
    "approvals_required",
    "require_mfa_to_approve",
    "requester_cannot_approve_self",
    "justification_required",
    "approver_reason_required",
    "grant_required",
    "max_duration",
    "approval_timeout",
    "max_extensions",
    "extension_duration",
    "labels",
)


def _seconds(help_text: str, *, longest: timedelta = LONGEST_ACCESS) -> Any:
    return SecondsField(
        required=False,
        min_value=1,
        max_value=int(longest.total_seconds()),
        help_text=f"Whole seconds: {help_text}.",
    )


class RequestRulesSerializer(serializers.Serializer):
    """What a flow demands of access requests."""

    requesters = GroupsField(required=False, help_text="Names of groups. None: nobody may request access.")
    approvers = GroupsField(required=False, help_text="Names of groups.")
    approvals_required = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_APPROVALS, help_text="0: approved automatically."
    )
    require_mfa_to_approve = StrictBooleanField(required=False)
    requester_cannot_approve_self = StrictBooleanField(required=False)
    justification_required = StrictBooleanField(required=False)
    approver_reason_required = StrictBooleanField(required=False)
    grant_required = StrictBooleanField(
        required=False, help_text="Access starts only once its grant handler has succeeded."
    )
    max_duration = _seconds("the longest access")
    approval_timeout = _seconds("when an undecided request expires")
    max_extensions = serializers.IntegerField(required=False, min_value=0, max_value=MOST_EXTENSIONS)
    extension_duration = _seconds("the longest single extension")
    labels = LabelsField(required=False, help_text="Names and texts of your own.")

"""The shapes of access requests: what goes in, what comes out."""

from typing import Any

from rest_framework import serializers

from drf_accessflow_mfa.api.fields import SecondsField, UTCDateTimeField
from drf_accessflow_mfa.api.serializers import CodeSerializer, LiveVerificationSerializer, Shape
from drf_accessflow_mfa.domain.grants import GrantState
from drf_accessflow_mfa.domain.lifecycle import Status, status_at
from drf_accessflow_mfa.models import Decision
from drf_accessflow_mfa.models.request_rules import LONGEST_ACCESS
from drf_accessflow_mfa.services.requests import CodeGuess, Scope

LONGEST_TEXT = 2000


class MFACodeSerializer(CodeSerializer):
    """A code that is verified before the act that it came with."""


class ActSerializer(Shape):
    """An act that a code may come along with."""

    mfa = MFACodeSerializer(
        required=False,
        allow_null=True,
        default=None,
        help_text="Verified first, in a transaction of its own. Without it, verify before.",
    )

    def validate_mfa(self, value: Any) -> CodeGuess | None:
        """Return the code as the service takes it."""
        return None if value is None else CodeGuess(code=value["code"], device=value["device"])


class NewRequestSerializer(ActSerializer):
    """A request for access under a flow."""

    flow = serializers.SlugField(max_length=100)
    justification = serializers.CharField(
        max_length=LONGEST_TEXT, allow_blank=True, required=False, default=""
    )
    duration = SecondsField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=int(LONGEST_ACCESS.total_seconds()),
        help_text="Whole seconds; null: the longest that the flow allows.",
    )


class NewDecisionSerializer(ActSerializer):
    """What an approver says."""

    decision = serializers.ChoiceField(choices=[decision.value for decision in Decision])
    reason = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, default="")


class RevocationSerializer(Shape):
    """Why access is revoked."""

    reason = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, default="")


class NewExtensionSerializer(ActSerializer):
    """For how much longer."""

    duration = SecondsField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=int(LONGEST_ACCESS.total_seconds()),
        help_text="Whole seconds; null: the longest that the flow allows.",
    )


class DecisionSerializer(Shape):
    """A decision that was made."""

    decider = serializers.CharField(source="decider_name", read_only=True)
    decision = serializers.ChoiceField(choices=[decision.value for decision in Decision], read_only=True)
    reason = serializers.CharField(read_only=True)
    decided_at = UTCDateTimeField(read_only=True)


class ExtensionSerializer(Shape):
    """An extension that was made."""

    duration = SecondsField(read_only=True)
    ends_at = UTCDateTimeField(read_only=True)
    extended_at = UTCDateTimeField(read_only=True)


class AccessRequestSerializer(Shape):
    """An access request as it stands at the moment ``now`` of the context."""

    id = serializers.UUIDField(read_only=True)
    flow = serializers.SlugField(source="flow.slug", read_only=True)
    requester = serializers.CharField(source="requester.get_username", read_only=True)
    justification = serializers.CharField(read_only=True)
    duration = SecondsField(read_only=True)
    status = serializers.SerializerMethodField()
    created_at = UTCDateTimeField(read_only=True)
    expires_at = UTCDateTimeField(read_only=True, help_text="When it expires if it has not started.")
    starts_at = UTCDateTimeField(read_only=True, allow_null=True)
    ends_at = UTCDateTimeField(read_only=True, allow_null=True)
    closed_at = UTCDateTimeField(read_only=True, allow_null=True)
    closing_reason = serializers.CharField(read_only=True)
    decisions = DecisionSerializer(source="decisions.all", many=True, read_only=True)
    extensions = ExtensionSerializer(source="extensions.all", many=True, read_only=True)
    verification = serializers.UUIDField(source="verification_id", read_only=True, allow_null=True)
    grant = serializers.ChoiceField(
        source="grant_state",
        choices=[state.value for state in GrantState],
        read_only=True,
        help_text="Of the real resource; empty where no grant handler is concerned.",
    )

    def get_status(self, row: Any) -> str:
        """Return where the request stands."""
        return status_at(row.timeline, now=self.context["now"]).value


class RequestFilterSerializer(Shape):
    """Which requests are asked for."""

    scope = serializers.ChoiceField(
        choices=[scope.value for scope in Scope], required=False, default=Scope.MINE.value
    )
    status = serializers.ChoiceField(choices=[status.value for status in Status], required=False)
    flow = serializers.SlugField(max_length=100, required=False)


class CoveredActSerializer(Shape):
    """Something that a verification let its user do."""

    act = serializers.ChoiceField(choices=["opened", "decided", "extended"], read_only=True)
    request = serializers.UUIDField(read_only=True)
    flow = serializers.SlugField(read_only=True)
    at = UTCDateTimeField(read_only=True)


class VerificationDetailSerializer(LiveVerificationSerializer):
    """A verification of the caller, and what it covered."""

    revoked_at = UTCDateTimeField(source="row.revoked_at", read_only=True, allow_null=True)
    covered = CoveredActSerializer(many=True, read_only=True)

"""The shapes of the API: what goes in, what comes out."""

from typing import Any

from rest_framework import serializers

from drf_accessflow_mfa.api.fields import (
    COLUMN_FIELDS,
    CodeField,
    SecondsField,
    StrictBooleanField,
    UTCDateTimeField,
)
from drf_accessflow_mfa.api.rules_serializers import RULES_FIELDS, RequestRulesSerializer
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.events import EventKind, Outcome
from drf_accessflow_mfa.models import AccessFlow, AuditEvent
from drf_accessflow_mfa.qr import svg_of

LONGEST_NAME = 64


class Shape(serializers.Serializer):
    """A plain serializer that only renders or only checks."""


class DeviceSerializer(Shape):
    """A device of the caller."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    kind = serializers.CharField(source="kind.name", read_only=True)
    confirmed = serializers.BooleanField(read_only=True)
    created_at = UTCDateTimeField(read_only=True, allow_null=True)
    last_used_at = UTCDateTimeField(read_only=True, allow_null=True)


class DeviceNameSerializer(Shape):
    """The name of a device."""

    name = serializers.CharField(max_length=LONGEST_NAME)


class EnrollmentSerializer(Shape):
    """An enrollment that was begun: the only answer that holds the secret."""

    id = serializers.CharField(source="device.id", read_only=True)
    name = serializers.CharField(source="device.name", read_only=True)
    secret = serializers.CharField(read_only=True, help_text="Base 32, to type where no camera is.")
    otpauth_uri = serializers.CharField(read_only=True)
    qr_svg = serializers.SerializerMethodField(help_text="An SVG element that shows the URI.")
    expires_at = UTCDateTimeField(read_only=True)

    def get_qr_svg(self, enrollment: Any) -> str:
        """Return the QR code."""
        return svg_of(enrollment.otpauth_uri)


class VerificationSerializer(Shape):
    """A verification that was just made."""

    id = serializers.UUIDField(read_only=True)
    method = serializers.CharField(read_only=True)
    acr = serializers.CharField(read_only=True)
    device = serializers.CharField(read_only=True)
    verified_at = UTCDateTimeField(read_only=True)
    expires_at = serializers.SerializerMethodField()

    def get_expires_at(self, verification: Any) -> Any:
        """Return until when it counts by the default maximum age."""
        return UTCDateTimeField().to_representation(verification.verified_at + mfa_settings.max_age)


class LiveVerificationSerializer(Shape):
    """A live verification of the caller."""

    id = serializers.UUIDField(source="row.id", read_only=True)
    method = serializers.CharField(source="row.method", read_only=True)
    acr = serializers.CharField(source="row.acr", read_only=True)
    device = serializers.CharField(source="row.device", read_only=True)
    credential = serializers.CharField(source="row.credential", read_only=True)
    verified_at = UTCDateTimeField(source="row.verified_at", read_only=True)
    expires_at = UTCDateTimeField(
        read_only=True,
        help_text="Until when it counts by the default maximum age. In the past for a live one: only access "
        "flows with a longer maximum age accept it still.",
    )
    current = serializers.BooleanField(read_only=True)


class EnrolledSerializer(Shape):
    """A confirmed device, what its first code verified, and the recovery codes, shown once."""

    device = DeviceSerializer(read_only=True)
    verification = VerificationSerializer(read_only=True)
    recovery_codes = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        allow_null=True,
        help_text="With the first device only.",
    )


class ConfirmationSerializer(Shape):
    """The first code of a device."""

    code = CodeField()


class CodeSerializer(Shape):
    """A code, and the device that it is for where that matters."""

    code = CodeField()
    device = serializers.JSONField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The id of one device, to try that one alone.",
    )


class RecoveryCodesLeftSerializer(Shape):
    """How many recovery codes are left."""

    left = serializers.IntegerField(read_only=True)
    generated_at = UTCDateTimeField(read_only=True, allow_null=True)


class RecoveryCodesSerializer(Shape):
    """A new set of recovery codes, shown once."""

    codes = serializers.ListField(child=serializers.CharField(), read_only=True)


class StatusSerializer(Shape):
    """The caller's MFA, for the banner."""

    enrolled = serializers.BooleanField(read_only=True)
    enrollment_required = serializers.BooleanField(read_only=True)
    verified = serializers.BooleanField(read_only=True)
    verified_at = UTCDateTimeField(read_only=True, allow_null=True)
    expires_at = UTCDateTimeField(read_only=True, allow_null=True)
    seconds_left = serializers.IntegerField(read_only=True)
    methods = serializers.ListField(child=serializers.CharField(), read_only=True)
    acr = serializers.CharField(read_only=True, allow_null=True)
    devices = DeviceSerializer(many=True, read_only=True)
    recovery_codes_left = serializers.IntegerField(read_only=True)


class RequirementSerializer(Shape):
    """What a flow would ask of the caller now."""

    flow = serializers.CharField(read_only=True)
    require_mfa = serializers.BooleanField(read_only=True)
    satisfied = serializers.BooleanField(read_only=True)
    enrolled = serializers.BooleanField(read_only=True)
    max_age = SecondsField(read_only=True)
    acr_values = serializers.ListField(child=serializers.CharField(), read_only=True)
    methods = serializers.ListField(child=serializers.CharField(), read_only=True)
    verified_at = UTCDateTimeField(read_only=True, allow_null=True)
    expires_at = UTCDateTimeField(read_only=True, allow_null=True)
    code = serializers.CharField(read_only=True, allow_null=True)


class AccessFlowSerializer(RequestRulesSerializer, serializers.ModelSerializer):
    """An access flow."""

    serializer_field_mapping = COLUMN_FIELDS
    is_active = StrictBooleanField(required=False)
    require_mfa = StrictBooleanField(required=False)
    mfa_max_age = SecondsField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=int(LONGEST_MAX_AGE.total_seconds()),
        help_text="Whole seconds; null: the default of the installation.",
    )

    class Meta:
        model = AccessFlow
        fields = (
            "slug",
            "name",
            "description",
            "is_active",
            "require_mfa",
            "mfa_max_age",
            "mfa_scope",
            "acr",
            *RULES_FIELDS,
            "created_at",
            "updated_at",
        )
        read_only_fields: tuple[str, ...] = ("created_at", "updated_at")
        extra_kwargs = {
            "description": {"max_length": 4000},
            "acr": {"help_text": f"{Acr.MFA.value}, or {Acr.PHISHING_RESISTANT.value}."},
        }


class ChangedAccessFlowSerializer(AccessFlowSerializer):
    """The fields of an access flow that can be changed."""

    class Meta(AccessFlowSerializer.Meta):
        read_only_fields = ("slug", "created_at", "updated_at")


class AuditEventSerializer(serializers.ModelSerializer):
    """An audit event, rendered from a row of ``values()``."""

    serializer_field_mapping = COLUMN_FIELDS
    actor = serializers.CharField(source="actor_name", read_only=True)
    subject = serializers.CharField(source="subject_name", read_only=True)

    class Meta:
        model = AuditEvent
        fields = (
            "id",
            "occurred_at",
            "kind",
            "outcome",
            "reason",
            "actor",
            "subject",
            "flow",
            "request",
            "verification",
            "device",
            "method",
            "credential",
            "ip",
            "user_agent",
            "source",
            "changes",
        )
        read_only_fields = fields


class AuditFilterSerializer(Shape):
    """The filters of the audit log."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in EventKind], required=False)
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome], required=False)
    actor = serializers.CharField(max_length=254, required=False, help_text="A user name.")
    subject = serializers.CharField(max_length=254, required=False, help_text="A user name.")
    flow = serializers.SlugField(max_length=100, required=False)
    since = UTCDateTimeField(required=False)
    until = UTCDateTimeField(required=False)

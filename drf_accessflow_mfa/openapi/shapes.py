"""The shapes of refusals."""

from rest_framework import serializers

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.challenge import RefusalCode

_CHALLENGES = [RefusalCode.MFA_REQUIRED.value, RefusalCode.MFA_ENROLLMENT_REQUIRED.value]
_REFUSALS = [code.value for code in RefusalCode if code.value not in _CHALLENGES]


class MFAProblemSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Why this API refused a request: one shape for every refusal."""

    detail = serializers.CharField(help_text="A sentence for people.")
    code = serializers.CharField(help_text="A name for programs.")
    errors = serializers.DictField(  # type: ignore[assignment] # a field, not the property
        required=False,
        help_text=(
            "What is wrong with which field, with the code `invalid`: "
            "a list of sentences, or an object of these for a field with parts."
        ),
    )
    retry_after = serializers.IntegerField(required=False, min_value=0, help_text="Seconds to wait.")
    flow = serializers.CharField(
        required=False, allow_null=True, help_text="The access flow, where one refused the request."
    )
    status = serializers.CharField(
        required=False, help_text="Where the access request stands, with the code `transition_refused`."
    )
    request = serializers.UUIDField(
        required=False, help_text="The access request that is open, with the code `request_exists`."
    )


class MFAChallengeSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What a caller must prove before the same request is let through."""

    detail = serializers.CharField(help_text="A sentence for people.")
    code = serializers.ChoiceField(
        choices=_CHALLENGES, help_text="Whether to verify, or to set up a second factor first."
    )
    flow = serializers.CharField(
        allow_null=True, help_text="The access flow; null where no flow decides, as for a caller's factors."
    )
    max_age = serializers.IntegerField(min_value=0, help_text="How old a verification may be, in seconds.")
    acr_values = serializers.ListField(
        child=serializers.CharField(),
        help_text=f"How strong it must be: {Acr.MFA.value}, or {Acr.PHISHING_RESISTANT.value}; for a token "
        "of a trusted identity provider also its own names for that.",
    )
    methods = serializers.ListField(
        child=serializers.CharField(), help_text="What the caller can verify with (RFC 8176)."
    )
    enrolled = serializers.BooleanField(help_text="Whether the caller has a second factor.")
    verify_url = serializers.CharField(allow_blank=True, help_text="Where to verify.")
    enroll_url = serializers.CharField(allow_blank=True, help_text="Where to set up a second factor.")


class MFARefusalSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Why a guarded view refused a request for good; a second factor would not help."""

    detail = serializers.CharField(help_text="A sentence for people.")
    code = serializers.CharField(
        required=False, help_text=f"From the access flow: one of {', '.join(_REFUSALS)}."
    )
    flow = serializers.CharField(
        required=False, allow_null=True, help_text="The access flow, where one refused the request."
    )

"""What the example's endpoints take and answer."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from example_project.vault.models import VaultEntry

INVALID = {
    400: OpenApiResponse(OpenApiTypes.OBJECT, description="What is wrong with which field."),
    415: OpenApiResponse(OpenApiTypes.OBJECT, description="The body must be JSON."),
}
"""What DRF answers to a body that it cannot use."""
REFUSED = {401: OpenApiResponse(OpenApiTypes.OBJECT, description="Not a log-in, or not one any more.")}
"""What it answers to who is not known."""


class OpenVaultSerializer(serializers.Serializer):
    """An opened vault."""

    flow = serializers.SlugField()
    secret = serializers.CharField()
    opened_by = serializers.CharField()


class VaultEntrySerializer(serializers.ModelSerializer):
    """One note in a vault."""

    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = VaultEntry
        fields = ["id", "flow", "note", "created_by", "created_at"]
        read_only_fields = ["flow", "created_at"]


class CredentialsSerializer(serializers.Serializer):
    """A username and its password."""

    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    """A token for the ``Authorization: Token`` header."""

    token = serializers.CharField()


class KnoxTokenSerializer(serializers.Serializer):
    """A token for the ``Authorization: Knox`` header, until it expires."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField(allow_null=True)


class JWTSerializer(serializers.Serializer):
    """An access token for the ``Authorization: Bearer`` header, and what to refresh it with."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class RefreshTokenSerializer(serializers.Serializer):
    """A refresh token."""

    refresh = serializers.CharField()


class SessionSerializer(serializers.Serializer):
    """A new session; unsafe requests repeat the token in ``X-CSRFToken``."""

    username = serializers.CharField()
    csrf_token = serializers.CharField()

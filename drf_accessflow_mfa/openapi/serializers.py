"""Names of our components, and what serializer fields cannot say about themselves."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from rest_framework.serializers import CharField

from drf_accessflow_mfa.api import request_serializers
from drf_accessflow_mfa.api import serializers as shapes
from drf_accessflow_mfa.domain.lifecycle import Status
from drf_accessflow_mfa.openapi.enums import name_enums
from drf_accessflow_mfa.openapi.shapes import MFAChallengeSerializer

_CODE = {
    "type": "string",
    "pattern": "^[0-9A-Za-z_-]{4,40}$",
    "maxLength": 40,
    "description": "A code of an authenticator app, a recovery code, or a django-otp static token.",
}
_TEXT_WITHOUT_NULL = {"pattern": r"^[^\u0000]*$"}
"""What every text of a request has to be: no database keeps a null character."""
_SECRETS = {"type": "array", "items": {"type": "string", "format": "password"}}

# ``None`` takes a fact away.
_FACTS: dict[type[Any], dict[str, dict[str, Any]]] = {
    shapes.EnrollmentSerializer: {
        "secret": {"format": "password"},
        "otpauth_uri": {"format": "password"},
    },
    shapes.VerificationSerializer: {
        "expires_at": {
            "type": "string",
            "format": "date-time",
            "description": "Until when it counts by the default maximum age.",
        },
    },
    shapes.EnrolledSerializer: {"recovery_codes": _SECRETS},
    shapes.RecoveryCodesSerializer: {"codes": _SECRETS},
    shapes.ConfirmationSerializer: {"code": {"nullable": None}},
    shapes.CodeSerializer: {"code": {"nullable": None}, "device": {"type": "string"}},
    shapes.RequirementSerializer: {
        "code": {"description": "What a request would be refused with now; null: it would pass."},
    },
    request_serializers.AccessRequestSerializer: {
        "status": {
            "enum": [status.value for status in Status],
            "description": "Where the request stands now.",
        },
    },
    shapes.AuditEventSerializer: {
        "changes": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2},
            "description": "Old and new value of each field that changed.",
        },
    },
}

_NEVER_PARTIAL = {shapes.DeviceNameSerializer: ["name"]}
"""What a PATCH must hold all the same."""

_FILTERS = {shapes.AuditFilterSerializer, request_serializers.RequestFilterSerializer}
"""Query parameters, which are no components."""

_NAMES = {request_serializers.MFACodeSerializer: "MFAAccompanyingCode"}


class CodeFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A code is documented as a string, though the server judges whatever comes."""

    target_class = "drf_accessflow_mfa.api.fields.CodeField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema of a code."""
        return dict(_CODE)


class ShapeExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Our components start with ``MFA``: a project may have a ``Device`` of its own."""

    target_class: Any = shapes.Shape
    match_subclasses = True

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        """Return the name of the component."""
        cls = _class_of(self.target)
        is_unmistakable = cls.__name__.startswith(("MFA", "Access", "Changed"))
        return _NAMES.get(cls) or (cls.__name__ if is_unmistakable else f"MFA{cls.__name__}")

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema of a serializer, with what is known of its fields."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        for name in _free_texts_of(self.target) if direction == "request" else ():
            if "pattern" not in schema["properties"].get(name, {"pattern": ""}):
                schema["properties"][name] |= _TEXT_WITHOUT_NULL
        for name, facts in _facts_of(_class_of(self.target)):
            known = {**schema["properties"][name], **facts}
            schema["properties"][name] = {fact: value for fact, value in known.items() if value is not None}
        if _class_of(self.target) not in _FILTERS:
            owner = self.get_name(auto_schema, direction).removesuffix("Serializer")
            name_enums(schema, owner=owner, registry=auto_schema.registry)
        if _class_of(self.target) in _NEVER_PARTIAL:
            schema["required"] = _NEVER_PARTIAL[_class_of(self.target)]
        return schema


class AccessFlowExtension(ShapeExtension):  # type: ignore[no-untyped-call]
    """The same for the serializers of models."""

    target_class = shapes.AccessFlowSerializer


class AuditEventExtension(ShapeExtension):  # type: ignore[no-untyped-call]
    """The same for the serializers of models."""

    target_class = shapes.AuditEventSerializer


class ChallengeExtension(ShapeExtension):  # type: ignore[no-untyped-call]
    """The same for the challenge."""

    target_class = MFAChallengeSerializer


def _facts_of(cls: type[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for parent in reversed(cls.__mro__):
        yield from _FACTS.get(parent, {}).items()


def _free_texts_of(serializer: Any) -> list[str]:
    """Return the names of the texts that a client may send."""
    shape = serializer() if isinstance(serializer, type) else serializer
    return [
        name for name, field in shape.fields.items() if isinstance(field, CharField) and not field.read_only
    ]


def _class_of(serializer: Any) -> type[Any]:
    return serializer if isinstance(serializer, type) else type(serializer)

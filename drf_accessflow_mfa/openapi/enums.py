"""Enumerations of our components, under names of their own.

drf-spectacular names an enumeration after its field, and warns where several
have a ``status`` or a ``kind``. Ours must not rename a project's, so they are
components before its hook sees them.
"""

from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

_OF_THE_FIELD = ("readOnly", "writeOnly", "nullable", "default")


def name_enums(schema: dict[str, Any], *, owner: str, registry: Any) -> None:
    """Replace the enumerations among the properties of a component by references."""
    for field, known in schema.get("properties", {}).items():
        if "enum" not in known:
            continue
        kept = {fact: known[fact] for fact in _OF_THE_FIELD if fact in known}
        values = {fact: known[fact] for fact in ("type", "enum", "description") if fact in known}
        reference = _component_of(field, values, owner, registry).ref
        schema["properties"][field] = {"allOf": [reference], **kept} if kept else reference


def _component_of(field: str, values: dict[str, Any], owner: str, registry: Any) -> ResolvedComponent:
    title = field.removeprefix("mfa_").title().replace("_", "")
    for name in (f"MFA{title}Enum", f"{owner}{title}Enum"):
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name, type=ResolvedComponent.SCHEMA, schema=values, object=name
        )
        if component not in registry:
            registry.register(component)
            break
        component = registry[component]
        if component.schema["enum"] == values["enum"]:
            break
    return component

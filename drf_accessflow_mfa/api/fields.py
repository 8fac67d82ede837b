"""Fields for codes, moments and durations."""

from datetime import UTC, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from rest_framework import ISO_8601, serializers

from drf_accessflow_mfa.domain.labels import find_label_problem

MOST_GROUPS = 50


class CodeField(serializers.Field):
    """Whatever a client sends as a code, as it is.

    What is no code is not a malformed request but a wrong code, and counted:
    the service judges the form.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, allow_null=True, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the value as it is."""
        return data

    def to_representation(self, value: Any) -> Any:
        """Show nothing."""
        raise TypeError("A code is never shown.")


class UTCDateTimeField(serializers.DateTimeField):
    """A moment in UTC (RFC 3339), whatever time zone and formats the project has chosen."""

    timezone = UTC
    format = ISO_8601
    input_formats = (ISO_8601,)


COLUMN_FIELDS = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.DateTimeField: UTCDateTimeField,
}
"""What a column is shown by where a serializer does not say it: ``serializer_field_mapping``."""


class SecondsField(serializers.IntegerField):
    """A duration as whole seconds."""

    def to_internal_value(self, data: Any) -> Any:
        """Return a ``timedelta``."""
        try:
            return timedelta(seconds=super().to_internal_value(data))
        except OverflowError:
            self.fail("max_string_length")

    def to_representation(self, value: Any) -> int:
        """Return whole seconds."""
        return int(value.total_seconds())

    def run_validators(self, value: Any) -> None:
        """Check the range in seconds."""
        super().run_validators(int(value.total_seconds()))


class StrictBooleanField(serializers.BooleanField):
    """``true`` or ``false``: a switch of policy is not guessed from a string."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class GroupsField(serializers.ListField):
    """Groups, by their names; one statement however many."""

    child = serializers.CharField(max_length=150)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_GROUPS, **kwargs)

    def to_internal_value(self, data: Any) -> list[Group]:
        """Return the groups. Names that no group has are an error of the field."""
        names = super().to_internal_value(data)
        found = {group.name: group for group in Group.objects.filter(name__in=names)}
        missing = [name for name in names if name not in found]
        if missing:
            raise serializers.ValidationError(f"There is no group {missing[0]!r}.", code="does_not_exist")
        return [found[name] for name in dict.fromkeys(names)]

    def to_representation(self, value: Any) -> list[str]:
        """Return the names in order."""
        return sorted(group.name for group in value.all())


class LabelsField(serializers.DictField):
    """Labels: an object of names and texts."""

    child = serializers.CharField(allow_blank=True, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Return the labels."""
        labels: dict[str, str] = super().to_internal_value(data)
        problem = find_label_problem(labels)
        if problem is not None:
            raise serializers.ValidationError(problem)
        return labels

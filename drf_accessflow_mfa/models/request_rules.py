"""The rules of a flow for access requests: who asks, who decides, for how long."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.domain.labels import find_label_problem
from drf_accessflow_mfa.domain.request_policy import LIMITS, RequestPolicy

LONGEST_ACCESS = timedelta(days=365)
MOST_APPROVALS = 10
MOST_EXTENSIONS = 100
_DEFAULTS = RequestPolicy()


def check_labels(labels: Any) -> None:
    """Refuse labels that no database, page or header could bear."""
    problem = find_label_problem(labels)
    if problem is not None:
        raise ValidationError(problem)


def _duration(name: Any, default: timedelta, help_text: Any) -> Any:
    return models.DurationField(
        name,
        default=default,
        validators=[MinValueValidator(timedelta(seconds=1)), MaxValueValidator(LONGEST_ACCESS)],
        help_text=help_text,
    )


class RequestRules(models.Model):
    """What a flow demands of access requests. Nobody may ask before groups are named."""

    requesters = models.ManyToManyField(
        "auth.Group",
        blank=True,
        related_name="+",
        verbose_name=_("requesters"),
        help_text=_("Groups whose members may request access. None: nobody may."),
    )
    approvers = models.ManyToManyField(
        "auth.Group",
        blank=True,
        related_name="+",
        verbose_name=_("approvers"),
        help_text=_("Groups whose members decide."),
    )
    approvals_required = models.PositiveSmallIntegerField(
        _("approvals required"),
        default=_DEFAULTS.approvals_required,
        validators=[MaxValueValidator(MOST_APPROVALS)],
        help_text=_("From different people. 0: access is approved automatically."),
    )
    require_mfa_to_approve = models.BooleanField(
        _("require MFA to approve"), default=_DEFAULTS.require_mfa_to_approve
    )
    requester_cannot_approve_self = models.BooleanField(
        _("requester cannot approve self"), default=_DEFAULTS.requester_cannot_approve_self
    )
    justification_required = models.BooleanField(
        _("justification required"), default=_DEFAULTS.justification_required
    )
    approver_reason_required = models.BooleanField(
        _("approver's reason required"), default=_DEFAULTS.approver_reason_required
    )
    grant_required = models.BooleanField(
        _("grant required"),
        default=_DEFAULTS.grant_required,
        help_text=_("Access starts only once its grant handler has succeeded."),
    )
    max_duration = _duration(
        _("maximum duration"), _DEFAULTS.max_duration, _("The longest access that can be requested.")
    )
    approval_timeout = _duration(
        _("approval timeout"),
        _DEFAULTS.approval_timeout,
        _("A request that nobody decided by then expires."),
    )
    max_extensions = models.PositiveSmallIntegerField(
        _("maximum extensions"),
        default=_DEFAULTS.max_extensions,
        validators=[MaxValueValidator(MOST_EXTENSIONS)],
        help_text=_("How often access can be extended."),
    )
    extension_duration = _duration(
        _("extension duration"), _DEFAULTS.extension_duration, _("The longest single extension.")
    )
    labels = models.JSONField(
        _("labels"),
        default=dict,
        blank=True,
        validators=[check_labels],
        help_text=_("Names and texts of your own, as a JSON object."),
    )

    class Meta:
        abstract = True

    @property
    def request_policy(self) -> RequestPolicy:
        """Return the rules for requests, but for the groups, which take a query."""
        names = (
            "approvals_required",
            "require_mfa_to_approve",
            "requester_cannot_approve_self",
            "justification_required",
            "approver_reason_required",
            "grant_required",
            *LIMITS,
        )
        return RequestPolicy(**{name: getattr(self, name) for name in names})


def positive_durations() -> models.Q:
    """Return the condition that every duration of the rules is positive."""
    zero = timedelta(0)
    return models.Q(max_duration__gt=zero, approval_timeout__gt=zero, extension_duration__gt=zero)

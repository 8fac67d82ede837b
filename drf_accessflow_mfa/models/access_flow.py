"""Access flows: what administrators edit to require MFA."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.policy import FlowPolicy, Scope
from drf_accessflow_mfa.models.request_rules import RequestRules, positive_durations


def default_scope() -> str:
    """Return the installation's scope for new flows."""
    return mfa_settings.scope.value


class AccessFlow(RequestRules):
    """A named rule: what it guards is decided by the views that name its slug."""

    slug = models.SlugField(
        _("slug"),
        unique=True,
        max_length=100,
        help_text=_("The name that views use. It cannot be changed later."),
    )
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(
        pgettext_lazy("mfa", "active"),
        default=True,
        help_text=_("An inactive flow refuses every request that it guards."),
    )
    require_mfa = models.BooleanField(
        _("require MFA"),
        default=False,
        help_text=_("Ask for a fresh second factor, from the next request on."),
    )
    mfa_max_age = models.DurationField(
        _("MFA maximum age"),
        null=True,
        blank=True,
        validators=[MinValueValidator(timedelta(seconds=1)), MaxValueValidator(LONGEST_MAX_AGE)],
        help_text=_("How long a verification counts. Empty: the default of the installation."),
    )
    mfa_scope = models.CharField(
        _("MFA scope"),
        max_length=16,
        choices=[
            (Scope.CREDENTIAL.value, _("the session or token that was verified")),
            (Scope.USER.value, _("every session and token of the user")),
        ],
        default=default_scope,
    )
    acr = models.CharField(
        _("strength"),
        max_length=64,
        choices=[
            (Acr.MFA.value, _("any second factor")),
            (Acr.PHISHING_RESISTANT.value, _("a phishing-resistant factor")),
        ],
        default=Acr.MFA.value,
    )
    created_at = models.DateTimeField(pgettext_lazy("mfa", "created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("access flow")
        verbose_name_plural = _("access flows")
        ordering = ("slug",)
        indexes = (models.Index(fields=("require_mfa", "is_active"), name="accessflow_flow_flagged"),)
        constraints = (
            models.CheckConstraint(
                name="accessflow_max_age_in_range",
                condition=models.Q(mfa_max_age__isnull=True)
                | models.Q(mfa_max_age__gt=timedelta(0), mfa_max_age__lte=LONGEST_MAX_AGE),
            ),
            models.CheckConstraint(name="accessflow_positive_durations", condition=positive_durations()),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def policy(self) -> FlowPolicy:
        """Return what this row demands, with defaults filled in, but for the groups."""
        return FlowPolicy(
            is_active=self.is_active,
            require_mfa=self.require_mfa,
            max_age=self.mfa_max_age or mfa_settings.max_age,
            scope=Scope(self.mfa_scope),
            acr=Acr(self.acr),
            requests=self.request_policy,
        )

"""Guarded routes: flows bound to views that nobody can edit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from drf_accessflow_mfa.models.access_flow import AccessFlow

ANY_METHOD = ""


class GuardedRoute(models.Model):
    """One route that the middleware guards with a flow."""

    id = models.BigAutoField(primary_key=True)
    flow = models.ForeignKey(
        AccessFlow, on_delete=models.PROTECT, related_name="routes", verbose_name=_("access flow")
    )
    route = models.CharField(
        _("route"),
        max_length=200,
        help_text=_("The name of the route with its namespace, or its path pattern as in the URLconf."),
    )
    method = models.CharField(
        _("method"),
        max_length=16,
        blank=True,
        default=ANY_METHOD,
        help_text=_("An HTTP method in capitals. Empty: every method."),
    )

    class Meta:
        verbose_name = _("guarded route")
        verbose_name_plural = _("guarded routes")
        ordering = ("route", "method")
        constraints = (
            models.UniqueConstraint(fields=("route", "method", "flow"), name="accessflow_route_once"),
        )

    def __str__(self) -> str:
        return f"{self.method or '*'} {self.route}"

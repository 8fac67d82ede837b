"""The settings, typed, with their defaults; read at first use.

Every name has the prefix ``ACCESSFLOW_MFA_`` in the Django settings.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver

from drf_accessflow_mfa.defaults import DEFAULTS, PREFIX
from drf_accessflow_mfa.domain.budget import BudgetLimits
from drf_accessflow_mfa.domain.claims import TrustedIssuer, issuer_of
from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.domain.policy import Scope
from drf_accessflow_mfa.domain.totp import Tolerance
from drf_accessflow_mfa.domain.webhook import WebhookEndpoint, endpoint_of
from drf_accessflow_mfa.setting_values import as_callable, as_grant_handler, as_timedelta, is_installed


class MFASettings:
    """The installation's choices.

    Durations may be set as whole seconds or as ``timedelta``; they are read
    as ``timedelta``. Values are kept until a setting changes, as it does in
    tests: the guard reads them at every request.
    """

    def forget(self) -> None:
        """Drop what was read, so that changed settings are read again."""
        self.__dict__.clear()

    def _get(self, name: str) -> Any:
        return getattr(django_settings, PREFIX + name, DEFAULTS[name])

    @cached_property
    def max_age(self) -> timedelta:
        """Return for how long a verification counts, unless a flow says otherwise."""
        return as_timedelta(self._get("MAX_AGE"))

    @cached_property
    def manage_max_age(self) -> timedelta:
        """Return how fresh a verification must be to change factors or loosen a flow."""
        value = self._get("MANAGE_MAX_AGE")
        return self.max_age if value is None else as_timedelta(value)

    @cached_property
    def scope(self) -> Scope:
        """Return the scope that new flows start with."""
        return Scope(self._get("SCOPE"))

    @cached_property
    def encryption_keys(self) -> tuple[str, ...]:
        """Return the master keys, newest first.

        The default derives from ``SECRET_KEY`` and its fallbacks, so that a
        first try needs no set-up; a deployment check asks for keys of its own.
        """
        keys = self._get("ENCRYPTION_KEYS")
        if keys is None:
            keys = (django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS)
        if isinstance(keys, str) or not keys or not all(isinstance(key, str) and key for key in keys):
            raise ImproperlyConfigured(f"{PREFIX}ENCRYPTION_KEYS must be a list of non-empty strings.")
        return tuple(keys)

    @cached_property
    def issuer(self) -> str:
        """Return the name that authenticator apps show above the account."""
        return str(self._get("ISSUER"))

    @cached_property
    def device_models(self) -> dict[str, Method]:
        """Return which django-otp device models count, and as which method.

        Models of the default whose app is not installed are left out.
        """
        chosen = self._get("DEVICE_MODELS")
        if chosen is DEFAULTS["DEVICE_MODELS"]:
            return {label: method for label, method in chosen.items() if is_installed(label)}
        return {label: Method(method) for label, method in chosen.items()}

    @cached_property
    def credential_resolvers(self) -> tuple[Any, ...]:
        """Return the resolvers, as dotted paths or callables, first match wins."""
        return tuple(self._get("CREDENTIAL_RESOLVERS"))

    @cached_property
    def jwt_family_claim(self) -> str:
        """Return the claim by which tokens of simplejwt tell which log-in they come from."""
        return str(self._get("JWT_FAMILY_CLAIM"))

    @cached_property
    def trusted_issuers(self) -> dict[str, TrustedIssuer]:
        """Return the identity providers, by ``iss``, whose claims count as a second factor."""
        return {str(name): issuer_of(entry) for name, entry in dict(self._get("TRUSTED_ISSUERS")).items()}

    @cached_property
    def claims_resolver(self) -> Callable[[Any], Mapping[str, Any] | None]:
        """Return the callable that gives the validated claims of a request's own user."""
        return as_callable(self._get("CLAIMS_RESOLVER"))

    @cached_property
    def enrollment_policy(self) -> Callable[..., None] | None:
        """Return the callable that may raise ``EnrollmentRefused`` for a user."""
        value = self._get("ENROLLMENT_POLICY")
        return None if value is None else as_callable(value)

    @cached_property
    def enrollment_ttl(self) -> timedelta:
        """Return how long an enrollment that was begun can be confirmed."""
        return as_timedelta(self._get("ENROLLMENT_TTL"))

    @cached_property
    def max_devices(self) -> int:
        """Return how many confirmed authenticator apps a user may have."""
        return int(self._get("MAX_DEVICES"))

    @cached_property
    def code_tolerance(self) -> Tolerance:
        """Return how many time steps a code may be off: back, forward."""
        back, forward = self._get("CODE_TOLERANCE")
        return Tolerance(back=back, forward=forward)

    @cached_property
    def budget_limits(self) -> BudgetLimits:
        """Return the numbers of the attempt budget."""
        return BudgetLimits(
            free_in_a_row=self._get("LOCK_AFTER"),
            first_wait=as_timedelta(self._get("LOCK_WAIT")),
            longest_wait=as_timedelta(self._get("LOCK_WAIT_MAX")),
            in_a_day=self._get("LOCK_DAILY"),
            disabled_after=self._get("LOCK_DISABLE_AFTER"),
        )

    @cached_property
    def client_ip(self) -> Callable[[Any], str | None]:
        """Return the callable that tells a request's address for the audit log."""
        return as_callable(self._get("CLIENT_IP"))

    @cached_property
    def grant_handlers(self) -> dict[str, Any]:
        """Return the grant handler of each flow, by slug; ``"*"`` is for all others."""
        chosen = dict(self._get("GRANT_HANDLERS"))
        return {slug: as_grant_handler(value) for slug, value in chosen.items()}

    @cached_property
    def verify_url(self) -> str | None:
        """Return where a challenge sends a client to verify; ``None``: the API."""
        value: str | None = self._get("VERIFY_URL")
        return value

    @cached_property
    def enroll_url(self) -> str | None:
        """Return where a challenge sends a client to enroll; ``None``: the API."""
        value: str | None = self._get("ENROLL_URL")
        return value

    @cached_property
    def page_csp(self) -> str | None:
        """Return the Content-Security-Policy of our pages.

        ``None``: the strictest that they work under; ``""``: none, the host sets it.
        """
        value: str | None = self._get("PAGE_CSP")
        return value

    @cached_property
    def reset_needs_second_admin(self) -> bool:
        """Tell whether another administrator has to confirm a reset."""
        return bool(self._get("RESET_NEEDS_SECOND_ADMIN"))

    @cached_property
    def reset_ttl(self) -> timedelta:
        """Return how long a reset waits for the second administrator."""
        return as_timedelta(self._get("RESET_TTL"))

    @cached_property
    def email(self) -> bool:
        """Tell whether users are told by e-mail what happens to their second factor."""
        return bool(self._get("EMAIL"))

    @cached_property
    def record_access(self) -> bool:
        """Tell whether each request that a verification let through becomes an audit event."""
        return bool(self._get("RECORD_ACCESS"))

    @cached_property
    def keep_verifications(self) -> timedelta:
        """Return after how long verifications are pruned."""
        return as_timedelta(self._get("KEEP_VERIFICATIONS"))

    @cached_property
    def keep_audit_events(self) -> timedelta | None:
        """Return after how long audit events are pruned; ``None``: never."""
        value = self._get("KEEP_AUDIT_EVENTS")
        return None if value is None else as_timedelta(value)

    @cached_property
    def webhooks(self) -> tuple[WebhookEndpoint, ...]:
        """Return who is told about events; each URL once."""
        entries = self._get("WEBHOOKS")
        if not isinstance(entries, (list, tuple)):
            raise ImproperlyConfigured(f"{PREFIX}WEBHOOKS must be a list.")
        endpoints = tuple(endpoint_of(entry) for entry in entries)
        if len({endpoint.url for endpoint in endpoints}) < len(endpoints):
            raise ImproperlyConfigured(f"{PREFIX}WEBHOOKS names one url twice.")
        return endpoints

    @cached_property
    def webhooks_send_at_once(self) -> bool:
        """Tell whether the request that caused an event also sends its webhooks."""
        return bool(self._get("WEBHOOKS_SEND_AT_ONCE"))

    @cached_property
    def keep_webhook_deliveries(self) -> timedelta:
        """Return after how long deliveries that are over are pruned."""
        return as_timedelta(self._get("KEEP_WEBHOOK_DELIVERIES"))

    def unknown_names(self) -> Sequence[str]:
        """Return the settings with our prefix that nothing reads: likely typos."""
        return sorted(
            name
            for name in dir(django_settings)
            if name.startswith(PREFIX) and name[len(PREFIX) :] not in DEFAULTS
        )


mfa_settings = MFASettings()


@receiver(setting_changed, dispatch_uid="accessflow_mfa_settings")
def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting.startswith((PREFIX, "SECRET_KEY")) or setting == "INSTALLED_APPS":
        mfa_settings.forget()

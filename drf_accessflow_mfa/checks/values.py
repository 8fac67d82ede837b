"""The value of every setting."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from drf_accessflow_mfa.checks.durations import check_durations, check_retention
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.defaults import DEFAULTS, PREFIX
from drf_accessflow_mfa.devices.registry import is_device_model
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.webhook import SHORTEST_SECRET, WEBHOOK_KINDS, WebhookEndpoint

SHORTEST_KEY = 32
CLAIMS_OF_JWT = frozenset({"aud", "exp", "iat", "iss", "jti", "nbf", "sub", "token_type", "user_id"})


def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check the value of every setting."""
    messages = [message for check in _SETTING_CHECKS for message in check()]
    messages += [
        Warning(
            f"The setting {name} is not read by anything.",
            hint="Known names: " + ", ".join(PREFIX + known for known in sorted(DEFAULTS)),
            id="accessflow_mfa.W001",
        )
        for name in mfa_settings.unknown_names()
    ]
    return messages


def _check_switches() -> Iterator[CheckMessage]:
    for name in ("RESET_NEEDS_SECOND_ADMIN", "EMAIL", "RECORD_ACCESS", "WEBHOOKS_SEND_AT_ONCE"):
        if type(mfa_settings._get(name)) is not bool:
            yield Error(
                f"{PREFIX}{name} must be True or False.",
                hint=f"The default is {DEFAULTS[name]}.",
                id="accessflow_mfa.E016",
            )


def _check_scope() -> Iterator[CheckMessage]:
    yield from _check_reads("SCOPE", lambda: mfa_settings.scope, "Use 'credential' or 'user'.", "E004")


def _check_keys() -> Iterator[CheckMessage]:
    hint = f"Give a list of random strings of {SHORTEST_KEY} characters or more, newest first."
    keys: list[Any] = []
    yield from _check_reads(
        "ENCRYPTION_KEYS", lambda: keys.extend(mfa_settings.encryption_keys), hint, "E005"
    )
    if mfa_settings._get("ENCRYPTION_KEYS") is not None and any(len(key) < SHORTEST_KEY for key in keys):
        yield Error(f"A key in {PREFIX}ENCRYPTION_KEYS is too short.", hint=hint, id="accessflow_mfa.E005")


def _check_issuer() -> Iterator[CheckMessage]:
    issuer = mfa_settings._get("ISSUER")
    if not isinstance(issuer, str) or not issuer.strip() or ":" in issuer:
        yield Error(
            f"{PREFIX}ISSUER must be a name without a colon.",
            hint="Authenticator apps show it above the account, and part it from the account by a colon.",
            id="accessflow_mfa.E006",
        )


def _check_device_models() -> Iterator[CheckMessage]:
    hint = "Map labels as 'otp_totp.TOTPDevice' to 'otp', 'hwk' or 'recovery_code'."

    def read() -> None:
        for label in mfa_settings.device_models:
            if not is_device_model(apps.get_model(label)):
                raise TypeError(f"{label} is no django-otp device")

    yield from _check_reads("DEVICE_MODELS", read, hint, "E007")
    if not mfa_settings._get("DEVICE_MODELS"):
        yield Error(
            f"{PREFIX}DEVICE_MODELS is empty: nobody could verify.", hint=hint, id="accessflow_mfa.E007"
        )


def _check_callables() -> Iterator[CheckMessage]:
    def demand_callable(value: Any) -> None:
        if not callable(import_string(value) if isinstance(value, str) else value):
            raise TypeError(f"{value!r} cannot be called")

    def resolvers() -> None:
        for name in mfa_settings.credential_resolvers:
            demand_callable(name)

    def policy() -> None:
        if mfa_settings._get("ENROLLMENT_POLICY") is not None:
            demand_callable(mfa_settings.enrollment_policy)

    def grant_handlers() -> None:
        if not isinstance(mfa_settings._get("GRANT_HANDLERS"), Mapping):
            raise TypeError("it is no mapping")
        _ = mfa_settings.grant_handlers

    hint = "Give dotted paths of functions, or functions."
    yield from _check_reads("CREDENTIAL_RESOLVERS", resolvers, hint, "E008")
    yield from _check_reads("ENROLLMENT_POLICY", policy, hint, "E009")
    yield from _check_reads("CLIENT_IP", lambda: demand_callable(mfa_settings.client_ip), hint, "E010")
    handlers = "Map slugs of flows, or '*', to dotted paths of classes with grant() and withdraw()."
    yield from _check_reads("GRANT_HANDLERS", grant_handlers, handlers, "E022")
    yield from _check_reads(
        "CLAIMS_RESOLVER", lambda: demand_callable(mfa_settings.claims_resolver), hint, "E023"
    )


def _check_issuers() -> Iterator[CheckMessage]:
    classes = " or ".join(repr(acr.value) for acr in Acr)
    yield from _check_reads(
        "TRUSTED_ISSUERS",
        lambda: mfa_settings.trusted_issuers,
        "Map each issuer to {'acr': {its value: class}, 'amr': {...}}, where class is " + classes + ".",
        "E024",
    )


def _check_claim() -> Iterator[CheckMessage]:
    claim = mfa_settings._get("JWT_FAMILY_CLAIM")
    if not isinstance(claim, str) or not claim.strip() or claim in CLAIMS_OF_JWT:
        yield Error(
            f"{PREFIX}JWT_FAMILY_CLAIM must be the name of a claim that means nothing else.",
            hint=f"The default is {DEFAULTS['JWT_FAMILY_CLAIM']!r}.",
            id="accessflow_mfa.E020",
        )


def _check_tolerance() -> Iterator[CheckMessage]:
    value = mfa_settings._get("CODE_TOLERANCE")
    is_pair = isinstance(value, (tuple, list)) and len(value) == 2
    if not is_pair or any(type(steps) is not int or not 0 <= steps <= 1 for steps in value):
        yield Error(
            f"{PREFIX}CODE_TOLERANCE must be a pair of 0 or 1: time steps back, and forward.",
            hint="RFC 6238, section 5.2, allows one step; the default is (1, 0).",
            id="accessflow_mfa.E011",
        )


def _check_budget() -> Iterator[CheckMessage]:
    for name, most in {
        "LOCK_AFTER": 10,
        "LOCK_DAILY": 100,
        "LOCK_DISABLE_AFTER": 100,
        "MAX_DEVICES": 10,
    }.items():
        value = mfa_settings._get(name)
        if type(value) is not int or not 1 <= value <= most:
            yield Error(
                f"{PREFIX}{name} must be a whole number from 1 to {most}.",
                hint=f"The default is {DEFAULTS[name]}. NIST SP 800-63B-4, 3.2.2, sets the upper end.",
                id="accessflow_mfa.E012",
            )


def _check_urls() -> Iterator[CheckMessage]:
    for name in ("VERIFY_URL", "ENROLL_URL"):
        value = mfa_settings._get(name)
        if value is not None and not isinstance(value, str):
            yield Error(
                f"{PREFIX}{name} must be a URL.",
                hint="Leave it out to send clients to the API.",
                id="accessflow_mfa.E013",
            )


def _check_page_csp() -> Iterator[CheckMessage]:
    value = mfa_settings._get("PAGE_CSP")
    if value is not None and (not isinstance(value, str) or "\n" in value or "\r" in value):
        yield Error(
            f"{PREFIX}PAGE_CSP must be a Content-Security-Policy on one line.",
            hint="Leave it out for the strictest, or set it to '' where the host sends its own.",
            id="accessflow_mfa.E014",
        )


def _check_webhooks() -> Iterator[CheckMessage]:
    endpoints: list[WebhookEndpoint] = []
    hint = (
        f"Give a list of {{'url': ..., 'secrets': [...], 'events': ['*']}}, with secrets of "
        f"{SHORTEST_SECRET} characters or more, newest first; or name kinds: "
        + ", ".join(sorted(WEBHOOK_KINDS))
        + "."
    )
    yield from _check_reads("WEBHOOKS", lambda: endpoints.extend(mfa_settings.webhooks), hint, "E030")
    if not settings.DEBUG and not all(endpoint.is_private for endpoint in endpoints):
        yield Error(
            f"A url in {PREFIX}WEBHOOKS would send who verifies and who has access over plain HTTP.",
            hint="Use https. Plain http is for receivers on this machine, or with DEBUG.",
            id="accessflow_mfa.E031",
        )


def _check_reads(name: str, read: Callable[[], Any], hint: str, number: str) -> Iterator[CheckMessage]:
    try:
        read()
    except (ImproperlyConfigured, ImportError, LookupError, AttributeError, TypeError, ValueError) as error:
        yield Error(f"{PREFIX}{name} cannot be used: {error}", hint=hint, id=f"accessflow_mfa.{number}")


_SETTING_CHECKS = (
    check_durations,
    _check_scope,
    _check_keys,
    _check_issuer,
    _check_device_models,
    _check_callables,
    _check_claim,
    _check_issuers,
    _check_tolerance,
    _check_budget,
    _check_urls,
    _check_page_csp,
    check_retention,
    _check_switches,
    _check_webhooks,
)

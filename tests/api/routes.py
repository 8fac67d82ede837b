"""Every endpoint of the API, with what it takes."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from drf_accessflow_mfa.devices.registry import id_of
from drf_accessflow_mfa.models import AccessRequest, AuthenticatorApp, PendingReset, Verification
from tests.asking import ask, export, join
from tests.people import API, by_token, enrolled, flow, may, person, verified, with_app

EVERY = {
    "status": ("status/", {"GET"}),
    "devices": ("devices/", {"GET", "POST"}),
    "device": ("devices/{device}/", {"PATCH", "DELETE"}),
    "confirmation": ("devices/{pending}/confirmation/", {"POST"}),
    "verifications": ("verifications/", {"GET", "POST", "DELETE"}),
    "verification": ("verifications/{verification}/", {"GET", "DELETE"}),
    "recovery-codes": ("recovery-codes/", {"GET", "POST"}),
    "flows": ("flows/", {"GET", "POST"}),
    "flow": ("flows/{flow}/", {"GET", "PATCH", "DELETE"}),
    "requirement": ("flows/{flow}/requirement/", {"GET"}),
    "requests": ("requests/", {"GET", "POST"}),
    "request": ("requests/{request}/", {"GET"}),
    "decision": ("requests/{request}/decision/", {"POST"}),
    "cancellation": ("requests/{request}/cancellation/", {"POST"}),
    "revocation": ("requests/{request}/revocation/", {"POST"}),
    "extension": ("requests/{request}/extension/", {"POST"}),
    "user-reset": ("users/{user}/reset/", {"POST"}),
    "resets": ("resets/", {"GET"}),
    "reset": ("resets/{reset}/", {"DELETE"}),
    "reset-confirmation": ("resets/{reset}/confirmation/", {"POST"}),
    "audit-events": ("audit-events/", {"GET"}),
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
CALLS = [(name, method) for name, (_, methods) in EVERY.items() for method in sorted(methods)]
UNSAFE = [(name, method) for name, method in CALLS if method != "GET"]
WITH_BODY = [(name, method) for name, method in CALLS if method in ("POST", "PATCH")]
NEEDS_NO_BODY = {"recovery-codes", "cancellation", "reset-confirmation"}
"""Acts that take nothing from their body."""


def url_of(name):
    """The URL of an endpoint, with ids of rows that exist."""
    path = EVERY[name][0]
    app = AuthenticatorApp.objects.filter(confirmed=True).order_by("pk").first()
    pending = AuthenticatorApp.objects.filter(confirmed=False).first()
    rows = {"verification": Verification, "request": AccessRequest, "reset": PendingReset}
    return API + path.format(
        device=app and id_of(app),
        pending=pending and id_of(pending),
        flow="refunds",
        user=User.objects.get(username="lena").pk,
        **{name: model.objects.values_list("pk", flat=True).first() for name, model in rows.items()},
    )


def root():
    """Return a client that may do everything, and whose every URL exists."""
    everything = ("add_accessflow", "change_accessflow", "delete_accessflow", "view_auditevent", "reset_mfa")
    somebody = join(may(enrolled("root"), *everything), "requesters", "approvers")
    flow("refunds")
    export()
    ask(somebody)
    _await_reset(of=person("lena"), by=somebody)
    client = by_token(somebody)
    verified(client, somebody)
    pending = with_app(somebody, confirmed=False).app
    AuthenticatorApp.objects.filter(pk=pending.pk).update(binding=Verification.objects.get().binding)
    return client


def _await_reset(*, of, by):
    now = timezone.now()
    PendingReset.objects.create(
        subject=of.user,
        requested_by=by.user,
        reason="lost phone",
        requested_at=now,
        expires_at=now + timedelta(days=1),
    )


def assert_is_refusal(answer, *statuses):
    """One shape for every refusal, kept by no cache."""
    assert answer.status_code in (statuses or range(400, 500)), answer.content[:300]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert isinstance(body["detail"], str)
    assert isinstance(body["code"], str)
    assert set(body) <= {"detail", "code", "errors", "retry_after", "flow", "max_age"} | CHALLENGE
    return body


CHALLENGE = {"acr_values", "methods", "enrolled", "verify_url", "enroll_url"}

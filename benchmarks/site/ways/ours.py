"""This package: budget, proof and audit event in one transaction, and a new session key."""

from typing import Any

from django.utils import timezone

from benchmarks.site.ways import SECRET, Way
from drf_accessflow_mfa.models import AttemptBudget, AuthenticatorApp


def enroll(users: list[Any]) -> list[dict[str, str]]:
    """Give each user an authenticator app, and the budget that enrolling it has charged."""
    AttemptBudget.objects.bulk_create(AttemptBudget(user=user) for user in users)
    AuthenticatorApp.objects.bulk_create(_app_of(user) for user in users)
    return [{} for _ in users]


def _app_of(user: Any) -> AuthenticatorApp:
    app = AuthenticatorApp(user=user, name="phone", confirmed=True, created_at=timezone.now())
    app.seal_secret(SECRET)
    return app


WAY = Way(
    key="ours",
    label="**ours: `POST verifications/`**",
    path="/api/mfa/verifications/",
    field="code",
    middleware=("drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware",),
    session_only=False,
    enroll=enroll,
)

"""This package: by permission and by route, flagged and not, and with time-bound access beside it."""

from datetime import timedelta

import pyotp
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework_simplejwt.tokens import AccessToken

from benchmarks.site.account import Account
from benchmarks.site.guards.snapshot import RequiresMFABySnapshot
from benchmarks.site.subject import Plain, Subject
from drf_accessflow_mfa.models import AccessFlow, AccessRequest, AuthenticatorApp, GuardedRoute
from drf_accessflow_mfa.permissions import HasActiveAccess, RequiresAssurance, RequiresMFA

AUDIT = "drf_accessflow_mfa.middleware.AccessFlowMFAMiddleware"
ROUTES = "drf_accessflow_mfa.middleware.GuardedRoutesMiddleware"
FLAGGED, UNFLAGGED = "benchmark-flagged", "benchmark-unflagged"


class Flagged(Plain):
    """A view on a flow that requires MFA."""

    permission_classes = [IsAuthenticated, RequiresMFA]
    access_flow = FLAGGED


class Unflagged(Flagged):
    """A view on a flow that does not."""

    access_flow = UNFLAGGED


class WithAccess(Flagged):
    """A view that asks for active access as well."""

    permission_classes = [IsAuthenticated, HasActiveAccess, RequiresMFA]


class BySnapshot(Flagged):
    """A view whose flow is kept in the process."""

    permission_classes = [IsAuthenticated, RequiresMFABySnapshot]


class ByCode(Plain):
    """A view whose requirement stands in the code."""

    permission_classes = [IsAuthenticated, RequiresAssurance]


def flows(account: Account) -> None:
    """Create both flows."""
    for slug, require_mfa in ((FLAGGED, True), (UNFLAGGED, False)):
        AccessFlow.objects.get_or_create(slug=slug, defaults={"name": slug, "require_mfa": require_mfa})


def verify(account: Account) -> None:
    """Post a code with the account's credential, as its client does."""
    flows(account)
    app = AuthenticatorApp(user=account.user, name="phone", confirmed=True, created_at=timezone.now())
    app.seal_secret(pyotp.random_base32().encode()[:20])
    app.save()
    answer = account.client.post(
        reverse("drf_accessflow_mfa:verifications"),
        {"code": app.totp().now()},
        content_type="application/json",
        headers=account.headers,
    )
    assert answer.status_code == 201, answer.content


def verify_with_access(account: Account) -> None:
    """Have an active access request too."""
    verify(account)
    now = timezone.now()
    AccessRequest.objects.create(
        flow=AccessFlow.objects.get(slug=FLAGGED),
        requester=account.user,
        duration=timedelta(hours=1),
        created_at=now,
        expires_at=now + timedelta(hours=1),
        decided="approved",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )


def verify_for_route(account: Account) -> None:
    """Bind the route of the measured view to the flagged flow."""
    verify(account)
    GuardedRoute.objects.get_or_create(flow=AccessFlow.objects.get(slug=FLAGGED), route="ours_route")


def claim(account: Account) -> None:
    """Bring a token whose claims tell of a second factor, from an issuer that is trusted."""
    token = AccessToken.for_user(account.user)
    issuer, entry = next(iter(settings.ACCESSFLOW_MFA_TRUSTED_ISSUERS.items()))
    token["iss"], token["auth_time"] = issuer, int(timezone.now().timestamp())
    token["acr"] = next(iter(entry["acr"]))
    token.set_exp(lifetime=timedelta(hours=1))
    account.bear("Bearer", str(token))


SUBJECTS = [
    Subject(key="ours", label="**ours: `RequiresMFA`**", view=Flagged, middleware=(AUDIT,), prepare=verify),
    Subject(
        key="ours_unflagged",
        label="ours: `RequiresMFA`, the flow not flagged",
        view=Unflagged,
        middleware=(AUDIT,),
        prepare=flows,
    ),
    Subject(
        key="ours_snapshot",
        label="an experiment: ours, with flows kept in the process and validated by a version",
        view=BySnapshot,
        middleware=(AUDIT,),
        prepare=verify,
    ),
    Subject(
        key="ours_access",
        label="ours: `RequiresMFA` and `HasActiveAccess`",
        view=WithAccess,
        middleware=(AUDIT,),
        prepare=verify_with_access,
    ),
    Subject(
        key="ours_by_code",
        label="ours: `RequiresAssurance`, the requirement in the code",
        view=ByCode,
        middleware=(AUDIT,),
        prepare=verify,
    ),
    Subject(
        key="ours_claims",
        label="ours: `RequiresAssurance`, met by the token's claims",
        view=ByCode,
        middleware=(AUDIT,),
        only="jwt",
        prepare=claim,
    ),
    Subject(
        key="ours_route",
        label="ours: `GuardedRoutesMiddleware`, a guarded route",
        view=Plain,
        middleware=(AUDIT, ROUTES),
        prepare=verify_for_route,
    ),
    Subject(
        key="ours_open_route",
        label="ours: `GuardedRoutesMiddleware`, any other route",
        view=Plain,
        middleware=(AUDIT, ROUTES),
    ),
]

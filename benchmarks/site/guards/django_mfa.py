"""django-mfa: its middleware, and ``MfaRecentRequiredMixin`` for the step-up."""

from django_mfa.decorators import MfaRecentRequiredMixin
from django_mfa.models import Authenticator
from django_mfa.session import mark_verified

from benchmarks.site.account import Account
from benchmarks.site.subject import Plain, Subject


class Guarded(MfaRecentRequiredMixin, Plain):  # type: ignore[misc]
    """A view that wants a recent challenge."""


def verify(account: Account) -> None:
    """Do what django-mfa does once a code was right."""
    Authenticator.objects.create(user=account.user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
    request = account.http_request()
    mark_verified(request, "totp")
    request.session.save()


SUBJECTS = [
    Subject(
        key="django_mfa",
        label="django-mfa: `MfaMiddleware`, `MfaRecentRequiredMixin`",
        view=Guarded,
        middleware=("django_mfa.middleware.MfaMiddleware",),
        only="session",
        prepare=verify,
    )
]

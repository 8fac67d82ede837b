"""django-allauth: ``reauthentication_required``, with its MFA app installed."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP
from django.utils.decorators import method_decorator

from benchmarks.site.account import Account
from benchmarks.site.subject import Plain, Subject

MIDDLEWARE = ("allauth.account.middleware.AccountMiddleware",)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@method_decorator(reauthentication_required, name="dispatch")
class Guarded(Plain):
    """A view that wants the user to have authenticated again lately."""


def verify(account: Account) -> None:
    """Do what allauth does once a code was right."""
    authenticator = TOTP.activate(account.user, SECRET).instance
    request = account.http_request()
    record_authentication(
        request, account.user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
    )
    request.session.save()


SUBJECTS = [
    Subject(
        key="allauth",
        label="allauth: `reauthentication_required`",
        view=Guarded,
        middleware=MIDDLEWARE,
        only="session",
        prepare=verify,
    )
]

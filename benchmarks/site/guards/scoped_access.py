"""django-scoped-access: ``RequireReAuth`` with a token that serves for a while.

The token lies in Django's cache, here the default one in the process. With
several worker processes it would be a shared one, and a round trip.
"""

from rest_framework.permissions import IsAuthenticated
from scoped_access.drf import RequireReAuth
from scoped_access.reauth import ReAuthService

from benchmarks.site.account import PASSWORD, Account
from benchmarks.site.subject import Plain, Subject


class Guarded(Plain):
    """A view with the permission."""

    permission_classes = [IsAuthenticated, RequireReAuth]


def verify(account: Account) -> None:
    """Get a token for the password, the proof that comes with the package."""
    token = ReAuthService.issue(account.user, password=PASSWORD)
    assert token
    account.headers["X-ReAuth-Token"] = token


SUBJECTS = [
    Subject(
        key="scoped_access",
        label="django-scoped-access: `RequireReAuth` (in-process cache)",
        view=Guarded,
        prepare=verify,
    )
]

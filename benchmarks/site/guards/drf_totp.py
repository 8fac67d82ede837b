"""drf-totp: the permission ``IsTOTPVerified``.

For credentials other than the session its documentation asks for a check of
one's own, ``TOTP_VERIFIED_CHECK``. The one here always says yes, so that what
is measured is the least that such a project can pay.
"""

from typing import Any

from drf_totp.models import TOTPAuth
from drf_totp.permissions import IsTOTPVerified
from drf_totp.services import generate_secret, mark_session_verified
from rest_framework.permissions import IsAuthenticated

from benchmarks.site.account import Account
from benchmarks.site.subject import Plain, Subject


class Guarded(Plain):
    """A view with the permission."""

    permission_classes = [IsAuthenticated, IsTOTPVerified]


def is_verified(request: Any) -> bool:
    """Say yes."""
    return True


def verify(account: Account) -> None:
    """Do what drf-totp does once a code was right."""
    enrolled = TOTPAuth.objects.create(
        user=account.user, otp_verified=True, otp_enabled=True, otp_base32=generate_secret()
    )
    request = account.http_request()
    if request.session.session_key:
        mark_session_verified(request, enrolled)
        request.session.save()


SUBJECTS = [Subject(key="drf_totp", label="drf-totp: `IsTOTPVerified`", view=Guarded, prepare=verify)]

"""The one database that holds everything of this package."""

from django.db import router

from drf_accessflow_mfa.models.verification import Verification


def write_alias() -> str:
    """Return the alias that takes the writes, also for what is only read.

    A replica that lags would show a flow as it was, or a verification that
    was revoked a moment ago.
    """
    return router.db_for_write(Verification)

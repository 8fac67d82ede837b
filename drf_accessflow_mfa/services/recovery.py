"""Replace a user's recovery codes."""

from datetime import datetime

from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices import recovery_codes
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.models import RecoveryCodes
from drf_accessflow_mfa.services.attempts import lock_factors
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.require import require_fresh


def replace_recovery_codes(caller: Caller, *, origin: Origin, now: datetime | None = None) -> list[str]:
    """Return a new set of recovery codes; the old set is void at once.

    Needs a fresh verification. Raises ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> list[str]:
        lock_factors(caller.user, using=using)
        require_fresh(caller, now=moment)
        return generate_recovery_codes(Act(caller=caller, origin=origin, now=moment, using=using))

    return durably(work)


def generate_recovery_codes(act: Act) -> list[str]:
    """Make a new set in the running transaction and return it in groups of four."""
    user = act.caller.user
    codes = recovery_codes.replace_set(user.pk, now=act.now, using=act.using)
    act.log(EventKind.RECOVERY_CODES_GENERATED)
    signals.send_after_commit(
        signals.recovery_codes_generated, sender=RecoveryCodes, using=act.using, user=user
    )
    return codes

"""Verify a second factor: accept a code, once."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices.kinds import Judgement
from drf_accessflow_mfa.devices.registry import UserDevice, device_models, devices_that_read, find_device
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.services.attempts import Factor
from drf_accessflow_mfa.services.durable import durably
from drf_accessflow_mfa.services.judging import append_verification, factor_of, judge_guess
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.outcomes import Accepted, CodeRefused, LockedOut, Verified


def verify(
    caller: Caller, code: object, *, device: object = None, origin: Origin, now: datetime | None = None
) -> Verified | CodeRefused | LockedOut:
    """Judge a code and, if it is right, append a verification for the caller's credential.

    ``code`` may be anything that a client can send; whatever is not canonical
    is a wrong code. ``device`` is an id to try that one alone; without it, all
    confirmed devices that read such a code are tried as one guess.

    Runs in a transaction of its own and refuses, with ``RuntimeError``, inside
    somebody else's.
    """
    moment = now or timezone.now()
    outcome = durably(lambda using: _judge(caller, code, device, origin, moment, using))
    if isinstance(outcome, Verified):
        caller.remember()
        caller.renew()
    return outcome


def _judge(
    caller: Caller, code: object, device_id: object, origin: Origin, now: datetime, using: str
) -> Verified | CodeRefused | LockedOut:
    def find() -> Iterable[UserDevice]:
        if device_id is None:
            return devices_that_read(caller.user, code, using=using)
        device = find_device(caller.user, device_id, using=using)
        return [device] if device is not None and device.confirmed else []

    def judge(device: UserDevice, plain: str) -> Judgement:
        return device.kind.judge(device.row, plain, now=now, using=using)

    act = Act(caller=caller, origin=origin, now=now, using=using)
    outcome = judge_guess(act, code, factor_for(code, device_id), find=find, judge=judge)
    if isinstance(outcome, Accepted):
        return Verified(verification=append_verification(act, outcome.device))
    return outcome


def factor_for(code: object, device_id: object) -> Factor:
    """Return the budget to charge, from what was sent alone.

    The rows are not read yet. A code that no recovery kind reads, or that an
    authenticator could have made, is charged to the codes.
    """
    readers = [
        entry
        for entry in device_models()
        if entry.kind.canonical(code) is not None
        and (device_id is None or str(device_id).startswith(f"{entry.model._meta.label_lower}-"))
    ]
    methods = {factor_of(entry.method) for entry in readers}
    return Factor.RECOVERY if methods == {Factor.RECOVERY} else Factor.CODES

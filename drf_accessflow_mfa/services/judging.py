"""One guess, from the lock to the log: shared by verification and enrollment."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.compiled.rows import insert_row
from drf_accessflow_mfa.devices.kinds import Judgement
from drf_accessflow_mfa.devices.registry import UserDevice
from drf_accessflow_mfa.domain.budget import Lock
from drf_accessflow_mfa.domain.events import EventKind, FailureReason, Outcome
from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.models import Verification
from drf_accessflow_mfa.services.attempts import Factor, Guess, begin_guess
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.outcomes import Accepted, CodeRefused, LockedOut

Judge = Callable[[UserDevice, str], Judgement]
_NO_GUESS = frozenset({Judgement.REPLAYED, Judgement.SECRET_UNREADABLE})


def judge_guess(
    act: Act, code: object, factor: Factor, *, find: Callable[[], Iterable[UserDevice]], judge: Judge
) -> Accepted | CodeRefused | LockedOut:
    """Lock, then judge, then count; everything in the running transaction.

    ``find`` reads the candidate devices, and runs after the user's row was
    locked: a device read before it may have been used or removed meanwhile.
    """
    guess = begin_guess(act.caller.user, factor, now=act.now, using=act.using)
    if guess.lock is not None:
        return _refuse_locked(act, guess, guess.lock)
    device, verdict = _judge_each(code, find(), _recognizing(judge, guess))
    if verdict is Judgement.ACCEPTED and device is not None:
        guess.succeed(device.kind.canonical(code) if device.kind.forgets_codes else None)
        if device.method is Method.RECOVERY_CODE:
            signals.send_after_commit(
                signals.recovery_code_used, sender=type(device.row), using=act.using, user=act.caller.user
            )
        return Accepted(device=device)
    return _refuse(act, guess, device, verdict)


def _recognizing(judge: Judge, guess: Guess) -> Judge:
    """Take a code for a repeated one that its device has forgotten, and the budget remembers."""

    def judge_device(device: UserDevice, plain: str) -> Judgement:
        verdict = judge(device, plain)
        is_repeated = device.kind.forgets_codes and guess.was_spent(plain)
        return Judgement.REPLAYED if verdict is Judgement.WRONG_CODE and is_repeated else verdict

    return judge_device


def append_verification(act: Act, device: UserDevice) -> Verification:
    """Tie an accepted code to the caller's credential, in the same transaction."""
    user = act.caller.user
    verification = Verification(
        user_id=user.pk,
        credential=act.caller.credential,
        binding=act.caller.binding,
        password_stamp=act.caller.password_stamp,
        device=device.id,
        method=device.method.value,
        acr=device.method.acr.value,
        verified_at=act.now,
    )
    insert_row(verification, using=act.using)
    act.log(EventKind.MFA_VERIFIED, device=device, verification=verification.pk)
    signals.send_after_commit(
        signals.mfa_verified, sender=Verification, using=act.using, user=user, verification=verification
    )
    return verification


def factor_of(method: Method | None) -> Factor:
    """Return which budget a method is charged to."""
    return Factor.RECOVERY if method is Method.RECOVERY_CODE else Factor.CODES


def _judge_each(
    code: object, candidates: Iterable[UserDevice], judge: Judge
) -> tuple[UserDevice | None, Judgement | FailureReason]:
    """Return the first device that accepts, else the most telling refusal.

    No further device is read once one has accepted. That a secret could not
    be read tells least: a code that another device found wrong is a guess.
    """
    refusal: tuple[UserDevice | None, Judgement | FailureReason] = (None, FailureReason.NO_DEVICE)
    for device in candidates:
        plain = device.kind.canonical(code)
        verdict = FailureReason.MALFORMED if plain is None else judge(device, plain)
        if verdict is Judgement.ACCEPTED:
            return device, verdict
        if refusal[0] is None or _how_telling(verdict) > _how_telling(refusal[1]):
            refusal = (device, verdict)
    return refusal


def _how_telling(verdict: Judgement | FailureReason) -> int:
    ranks: dict[str, int] = {Judgement.SECRET_UNREADABLE: 0, Judgement.REPLAYED: 2}
    return ranks.get(verdict, 1)


def _refuse(
    act: Act, guess: Guess, device: UserDevice | None, verdict: Judgement | FailureReason
) -> CodeRefused:
    # A right code that was used before is no guess: a storm of double clicks
    # must lock nobody out. Neither is one that no device could judge, since
    # its key is missing in this process.
    if verdict in _NO_GUESS:
        guess.leave()
    else:
        guess.keep()
    act.log(EventKind.MFA_FAILED, Outcome.FAILURE, reason=verdict.value, device=device)
    signals.send_after_commit(
        signals.mfa_failed, sender=Verification, using=act.using, user=act.caller.user, reason=verdict.value
    )
    return CodeRefused()


def _refuse_locked(act: Act, guess: Guess, lock: Lock) -> LockedOut:
    guess.leave()
    seconds = lock.retry_after_seconds(act.now)
    act.log(EventKind.MFA_LOCKED, Outcome.DENIED, reason=lock.reason.value)
    signals.send_after_commit(
        signals.mfa_locked,
        sender=Verification,
        using=act.using,
        user=act.caller.user,
        reason=lock.reason.value,
        retry_after=timedelta(seconds=seconds),
    )
    return LockedOut(reason=lock.reason, retry_after_seconds=seconds)

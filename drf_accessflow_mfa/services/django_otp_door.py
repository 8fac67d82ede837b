"""django-otp's forms and admin call a device with nothing but a code.

They know no credential, so no verification is written: what they verify is a
log-in of their own. The code is charged, spent and audited all the same.
"""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import OperationalError, connections, transaction
from django.utils import timezone

from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.devices.counted import find_again, find_entry_of
from drf_accessflow_mfa.devices.kinds import Judgement
from drf_accessflow_mfa.devices.registry import UserDevice, devices_that_read
from drf_accessflow_mfa.domain.events import EventKind, Origin
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.attempts import Factor, find_lock_of
from drf_accessflow_mfa.services.durable import durably, is_contention
from drf_accessflow_mfa.services.judging import factor_of, judge_guess
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.outcomes import Accepted
from drf_accessflow_mfa.services.verify import factor_for

logger = logging.getLogger("drf_accessflow_mfa")
NOT_COUNTED = "not_counted"
"""Why a device is refused whose model ``DEVICE_MODELS`` does not name."""


def verify_bare(row: Any, token: object, *, now: datetime | None = None) -> bool:
    """Charge, judge and log a code for one device, whatever transaction runs.

    Inside somebody's transaction the work is done over a connection of its
    own, so that a rollback gives neither the guess nor the code back. A
    device that ``DEVICE_MODELS`` does not name accepts nothing.
    """
    entry = find_entry_of(type(row))
    if entry is None:
        return False

    def find(using: str) -> list[UserDevice]:
        device = find_again(row, using=using)
        return [device] if device is not None and device.confirmed else []

    found = _accept(row.user, token, factor_of(entry.method), find, now)
    if found is None:
        return False
    # Whoever saves the instance now must not write back what was spent.
    for name, value in found.spent.items():
        setattr(row, name, value)
    return True


def match_bare(user: Any, token: object, *, now: datetime | None = None) -> Any:
    """Return the row of whichever confirmed device of a user accepts a code, for one charge."""
    found = _accept(
        user, token, factor_for(token, None), lambda using: devices_that_read(user, token, using=using), now
    )
    return None if found is None else found.device.row


def is_allowed(row: Any, *, now: datetime | None = None) -> tuple[bool, dict[str, Any] | None]:
    """Return what ``Device.verify_is_allowed`` of django-otp returns."""
    entry = find_entry_of(type(row))
    if entry is None:
        return False, {"reason": NOT_COUNTED}
    lock = find_lock_of(row.user, factor_of(entry.method), now=now or timezone.now(), using=write_alias())
    if lock is None:
        return True, None
    return False, {"reason": lock.reason.value, "locked_until": lock.until}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    device: UserDevice
    spent: dict[str, Any]
    """The columns that accepting the code has changed."""


def _accept(
    user: Any,
    token: object,
    factor: Factor,
    find: Callable[[str], Iterable[UserDevice]],
    now: datetime | None,
) -> _Found | None:
    moment, using = now or timezone.now(), write_alias()

    def judge(alias: str) -> _Found | None:
        return _judge(user, token, factor, partial(find, alias), moment, alias)

    if not _is_in_a_transaction(using):
        return durably(judge)
    with ThreadPoolExecutor(max_workers=1) as elsewhere:
        return elsewhere.submit(_over_own_connection, judge, using).result()


def _judge(
    user: Any,
    token: object,
    factor: Factor,
    find: Callable[[], Iterable[UserDevice]],
    now: datetime,
    using: str,
) -> _Found | None:
    # Nothing is bound to: a verification needs a credential.
    nobody = Caller(user=user, credential="django_otp", scheme="", binding="", password_stamp="")
    act = Act(caller=nobody, origin=Origin(), now=now, using=using)
    before: dict[str, Any] = {}

    def judge(device: UserDevice, plain: str) -> Judgement:
        before.update(_columns_of(device.row))
        return device.kind.judge(device.row, plain, now=now, using=using)

    outcome = judge_guess(act, token, factor, find=find, judge=judge)
    if not isinstance(outcome, Accepted):
        return None
    row = outcome.device.row
    after = _columns_of(type(row)._default_manager.using(using).get(pk=row.pk))
    act.log(EventKind.MFA_VERIFIED, device=outcome.device)
    spent = {name: value for name, value in after.items() if value != before[name]}
    return _Found(device=outcome.device, spent=spent)


def _columns_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _is_in_a_transaction(using: str) -> bool:
    blocks = transaction.get_connection(using).atomic_blocks
    # The blocks that Django's TestCase opens around each test do not count,
    # as for ``durable``.
    return any(not block._from_testcase for block in blocks)


_IMPATIENCE = {
    "sqlite": "PRAGMA busy_timeout = 1000",
    "mysql": "SET SESSION innodb_lock_wait_timeout = 1",
}


def _over_own_connection(judge: Callable[[str], _Found | None], using: str) -> _Found | None:
    # The caller waits for us with locks that we may need: nobody would ever give way.
    try:
        connection = connections[using]
        if connection.vendor in _IMPATIENCE:
            with connection.cursor() as cursor:
                cursor.execute(_IMPATIENCE[connection.vendor])
        return durably(lambda alias: _judge_impatiently(judge, alias), tries=3)
    except OperationalError as error:
        if not is_contention(error):
            raise
        logger.exception("refused a code: the caller's transaction holds the locks that it needs")
        return None
    finally:
        connections.close_all()


def _judge_impatiently(judge: Callable[[str], _Found | None], alias: str) -> _Found | None:
    if connections[alias].vendor == "postgresql":
        # For this transaction only: the connection may come from a pool.
        with connections[alias].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
    return judge(alias)

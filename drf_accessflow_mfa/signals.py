"""Facts, sent after the commit that made them true.

Receivers run outside of our transactions; one that raises is logged by Django
and changes nothing. What happened is told before what followed from it.
``sender`` is the class of the row.

===========================  ==================================================
signal                       arguments
===========================  ==================================================
mfa_verified                 ``user``, ``verification``
mfa_failed                   ``user``, ``reason``
mfa_locked                   ``user``, ``reason``, ``retry_after`` (timedelta)
device_enrolled              ``user``, ``device`` (id)
device_removed               ``user``, ``device`` (id)
recovery_codes_generated     ``user``
recovery_code_used           ``user``
verifications_revoked        ``user``, ``reason``
mfa_reset                    ``user``, ``actor`` (a user; ``None``: a command),
                             ``reason``
flow_changed                 ``flow`` (slug), ``changes`` ``{field: [old, new]}``
===========================  ==================================================

Those of access requests all bring ``access_request`` (the row as it is after
the change, with its ``flow`` and ``requester``), ``actor`` (a user; ``None``
where time or a rule acted) and ``reason`` (a text, often empty), and besides:

===========================  ==================================================
request_created
request_endorsed             ``missing``: how many approvals it still takes
request_approved             ``access_request.starts_at`` is ``None`` while its
                             grant is awaited
request_rejected
request_canceled
request_expired
request_extended             ``extension`` (row)
request_revoked
request_ended                sent by ``accessflow_mfa_close_requests``: access
                             itself ended at ``access_request.ends_at``
request_granted              ``succeeded``; if not, ``reason`` is the kind of
request_withdrawn            exception that the grant handler raised
===========================  ==================================================

``webhooks_queued`` brings ``deliveries``, ids: for a host that sends webhooks
through a queue of its own.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal

mfa_verified = Signal()
mfa_failed = Signal()
mfa_locked = Signal()
device_enrolled = Signal()
device_removed = Signal()
recovery_codes_generated = Signal()
recovery_code_used = Signal()
verifications_revoked = Signal()
mfa_reset = Signal()
flow_changed = Signal()
request_created = Signal()
request_endorsed = Signal()
request_approved = Signal()
request_rejected = Signal()
request_canceled = Signal()
request_expired = Signal()
request_extended = Signal()
request_revoked = Signal()
request_ended = Signal()
request_granted = Signal()
request_withdrawn = Signal()
webhooks_queued = Signal()


def send_after_commit(signal: Signal, *, sender: type, using: str, **facts: Any) -> None:
    """Send a signal once the running transaction is committed."""
    transaction.on_commit(partial(signal.send_robust, sender=sender, **facts), using=using)

"""Create, change and delete access flows; each change in the log, with old and new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from drf_accessflow_mfa import audit, signals
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.domain.errors import FlowExists, FlowInUse, FlowNotFound
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome
from drf_accessflow_mfa.domain.policy import find_loosened
from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.durable import within_or_durably
from drf_accessflow_mfa.services.flow_fields import policy_of, set_groups, snapshot_of, split_groups
from drf_accessflow_mfa.services.require import require_fresh


class Editor(NamedTuple):
    """Who edits flows: a caller, or a command of the installation's own."""

    caller: Caller | None
    origin: Origin


def visible_flows(*, include_inactive: bool) -> "Any":
    """Return the flows that somebody may read, by slug."""
    flows = AccessFlow.objects.using(write_alias()).order_by("slug")
    flows = flows.prefetch_related("requesters", "approvers")
    return flows if include_inactive else flows.filter(is_active=True)


def find_flow(slug: str, *, include_inactive: bool) -> AccessFlow:
    """Return a flow. Raises ``FlowNotFound``."""
    flow: AccessFlow | None = visible_flows(include_inactive=include_inactive).filter(slug=slug).first()
    if flow is None:
        raise FlowNotFound
    return flow


def create_flow(fields: Mapping[str, Any], *, editor: Editor, now: datetime | None = None) -> AccessFlow:
    """Create a flow from its fields and return it. Raises ``FlowExists``."""
    moment = now or timezone.now()
    columns, groups = split_groups(fields)

    def work(using: str) -> AccessFlow:
        flow = AccessFlow(**columns)
        flow.full_clean(validate_unique=False)
        try:
            with transaction.atomic(using=using):
                flow.save(using=using, force_insert=True)
        except IntegrityError as error:
            raise FlowExists from error
        set_groups(flow, groups)
        changes = {name: [None, new] for name, new in snapshot_of(flow).items()}
        log_flow_event(EventKind.FLOW_CREATED, flow.slug, changes, editor=editor, now=moment, using=using)
        return flow

    return within_or_durably(work)


def change_flow(
    slug: str, fields: Mapping[str, Any], *, editor: Editor, now: datetime | None = None
) -> AccessFlow:
    """Change fields of a flow and return it; the slug stays.

    A change that asks less of callers needs a fresh verification of the
    editor. Raises ``FlowNotFound`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    def work(using: str) -> AccessFlow:
        flow = lock_flow(slug, using=using)
        before, policy_before = snapshot_of(flow), policy_of(flow)
        columns, groups = split_groups(fields)
        for name, value in columns.items():
            setattr(flow, name, value)
        flow.full_clean()
        set_groups(flow, groups)
        changes = {
            name: [old, new] for name, new in snapshot_of(flow).items() if (old := before[name]) != new
        }
        if find_loosened(policy_before, policy_of(flow)):
            demand_fresh(editor, now=moment)
        if changes:
            flow.save(using=using, update_fields=[*(columns.keys() & changes.keys()), "updated_at"])
            log_flow_event(EventKind.FLOW_CHANGED, slug, changes, editor=editor, now=moment, using=using)
        return flow

    return within_or_durably(work)


def delete_flow(slug: str, *, editor: Editor, now: datetime | None = None) -> None:
    """Delete a flow; views that name it refuse everybody from then on.

    Deleting one that requires MFA needs a fresh verification. Raises
    ``FlowNotFound``, ``FlowInUse`` and ``StepUpRequired``.
    """
    moment = now or timezone.now()

    # A request that is opened meanwhile can fail the commit. Durably, that is
    # tried again, and finds the request.
    def work(using: str) -> None:
        flow = lock_flow(slug, using=using)
        if find_loosened(flow.policy, None):
            demand_fresh(editor, now=moment)
        changes = {name: [old, None] for name, old in snapshot_of(flow).items()}
        try:
            flow.delete(using=using)
        except ProtectedError as error:
            raise FlowInUse from error
        log_flow_event(EventKind.FLOW_DELETED, slug, changes, editor=editor, now=moment, using=using)

    within_or_durably(work)


def lock_flow(slug: str, *, using: str) -> AccessFlow:
    """Return a flow, locked until the running transaction ends. Raises ``FlowNotFound``."""
    # An UPDATE of one column to itself: a lock that SQLite knows too. Without
    # it two editors would each log a change against the same old values.
    rows = AccessFlow.objects.using(using).filter(slug=slug)
    if not rows.update(slug=slug):
        raise FlowNotFound
    return rows.get()


def demand_fresh(editor: Editor, *, now: datetime) -> None:
    """Ask a human editor for a fresh verification; commands have none to show."""
    if editor.caller is not None:
        require_fresh(editor.caller, now=now)


def log_flow_event(
    kind: EventKind,
    slug: str,
    changes: Mapping[str, Any],
    *,
    editor: Editor,
    now: datetime,
    using: str,
) -> None:
    """Append the event of a change of policy, and announce it."""
    audit.append(
        kind,
        Outcome.SUCCESS,
        now=now,
        origin=editor.origin,
        using=using,
        actor=None if editor.caller is None else editor.caller.user,
        flow=slug,
        credential="" if editor.caller is None else editor.caller.credential,
        changes=dict(changes),
    )
    signals.send_after_commit(
        signals.flow_changed, sender=AccessFlow, using=using, flow=slug, changes=dict(changes)
    )

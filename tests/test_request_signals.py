"""Signals of access requests: each as documented, after the commit, in the order of what happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from drf_accessflow_mfa import signals
from drf_accessflow_mfa.domain.errors import ActForbidden
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.domain.lifecycle import status_at
from drf_accessflow_mfa.models import AccessRequest
from drf_accessflow_mfa.services import requests
from tests.asking import (
    APPROVE,
    HOUR,
    REJECT,
    approver,
    ask,
    cancel,
    decide,
    export,
    extend,
    requester,
    revoke,
)
from tests.granting import Recorder
from tests.people import NOON

pytestmark = pytest.mark.django_db(transaction=True)
STANDARD = {"signal", "sender", "access_request", "actor", "reason"}
NAMES = [name for name in dir(signals) if name.startswith("request_")]


def ask_and_decide(rita, omar, decision=APPROVE, **fields):
    return decide(omar, ask(rita), decision, **fields)


def close_later(clock):
    clock.shift(24 * HOUR)
    requests.close_requests(origin=Origin())


@dataclass(frozen=True, kw_only=True)
class Told:
    """What happens, and what its signal has to tell."""

    story: Callable[..., Any]
    actor: str | None
    status: str
    reason: str = ""
    extras: dict[str, Any] = field(default_factory=dict)
    approvals: int = 1
    fails: str = ""


TABLE = {
    "request_created": Told(
        story=lambda rita, omar, clock: ask(rita), actor="rita", status="pending_approval"
    ),
    "request_endorsed": Told(
        story=lambda rita, omar, clock: ask_and_decide(rita, omar, reason="Fine."),
        approvals=3,
        actor="omar",
        status="pending_approval",
        reason="Fine.",
        extras={"missing": 2},
    ),
    "request_approved": Told(
        story=lambda rita, omar, clock: ask_and_decide(rita, omar, reason="Fine."),
        actor="omar",
        status="active",
        reason="Fine.",
    ),
    "request_approved by its rule": Told(
        story=lambda rita, omar, clock: ask(rita),
        approvals=0,
        actor=None,
        status="active",
        reason="automatic",
    ),
    "request_rejected": Told(
        story=lambda rita, omar, clock: ask_and_decide(rita, omar, REJECT, reason="No."),
        actor="omar",
        status="rejected",
        reason="No.",
    ),
    "request_canceled": Told(
        story=lambda rita, omar, clock: cancel(rita, ask(rita)), actor="rita", status="canceled"
    ),
    "request_canceled with its user": Told(
        story=lambda rita, omar, clock: (ask(rita), rita.user.delete()),
        actor=None,
        status="canceled",
        reason="deleted",
    ),
    "request_expired": Told(
        story=lambda rita, omar, clock: (ask(rita), close_later(clock)), actor=None, status="expired"
    ),
    "request_extended": Told(
        story=lambda rita, omar, clock: extend(rita, ask_and_decide(rita, omar)),
        actor="rita",
        status="active",
        extras={"extension": "extension 1 until 2026-06-01 14:00:05+00:00"},
    ),
    "request_revoked": Told(
        story=lambda rita, omar, clock: revoke(omar, ask_and_decide(rita, omar), reason="Enough."),
        actor="omar",
        status="revoked",
        reason="Enough.",
    ),
    "request_ended": Told(
        story=lambda rita, omar, clock: (ask_and_decide(rita, omar), close_later(clock)),
        actor=None,
        status="ended",
    ),
    "request_granted": Told(
        story=lambda rita, omar, clock: ask_and_decide(rita, omar),
        actor=None,
        status="active",
        extras={"succeeded": True},
    ),
    "request_granted in vain": Told(
        story=lambda rita, omar, clock: ask_and_decide(rita, omar),
        fails="grant",
        actor=None,
        status="active",
        reason="ConnectionError",
        extras={"succeeded": False},
    ),
    "request_withdrawn": Told(
        story=lambda rita, omar, clock: revoke(omar, ask_and_decide(rita, omar)),
        actor=None,
        status="revoked",
        extras={"succeeded": True},
    ),
    "request_withdrawn in vain": Told(
        story=lambda rita, omar, clock: revoke(omar, ask_and_decide(rita, omar)),
        fails="withdraw",
        actor=None,
        status="revoked",
        reason="ConnectionError",
        extras={"succeeded": False},
    ),
    "request_withdrawn with its user": Told(
        story=lambda rita, omar, clock: (ask_and_decide(rita, omar), rita.user.delete()),
        actor=None,
        status="canceled",
        extras={"succeeded": True},
    ),
}


@pytest.fixture
def handler(settings):
    recorder = Recorder()
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {"export": recorder}
    return recorder


def name_of(row):
    return row.partition(" ")[0]


def test_every_signal_of_requests_is_in_the_table():
    assert {name_of(row) for row in TABLE} == set(NAMES)


@pytest.mark.parametrize("row", TABLE)
def test_each_change_is_told_after_its_commit_with_what_is_documented(
    row, heard, handler, clock, django_assert_num_queries
):
    told = TABLE[row]
    export(approvals_required=told.approvals, max_extensions=1, approval_timeout=HOUR)
    rita, omar = requester(), approver()
    if told.fails:
        handler.fail_once(told.fails)

    told.story(rita, omar, clock)

    [(is_in_transaction, facts)] = [(inside, facts) for name, inside, facts in heard if name == name_of(row)]
    assert not is_in_transaction
    assert facts["sender"] is AccessRequest
    extras = {name: facts[name] for name in facts.keys() - STANDARD}
    extras |= {"extension": str(extras["extension"])} if "extension" in extras else {}
    assert extras == told.extras
    actor = facts["actor"]
    assert (actor and actor.get_username(), facts["reason"]) == (told.actor, told.reason)
    with django_assert_num_queries(0):
        request = facts["access_request"]
        assert (request.flow.slug, request.requester.get_username()) == ("export", "rita")
    assert status_at(request.timeline, now=timezone.now()).value == told.status


def test_what_a_handler_did_is_told_after_what_it_did_it_for(heard, handler, clock):
    export(approvals_required=0, max_extensions=1)
    rita, omar = requester(), approver()

    revoke(omar, extend(rita, ask(rita)))
    ask(rita)
    close_later(clock)

    assert [name.removeprefix("request_") for name, _, _ in heard] == [
        *("created", "approved", "granted", "extended", "granted", "revoked", "withdrawn"),
        *("created", "approved", "granted", "ended", "withdrawn"),
    ]


def test_an_approval_has_no_start_while_its_grant_is_awaited(heard, handler, clock):
    export(approvals_required=0, grant_required=True)

    ask(requester())

    starts = {name: facts["access_request"].starts_at for name, _, facts in heard}
    assert (starts["request_approved"], starts["request_granted"]) == (None, NOON)


def test_what_is_rolled_back_is_told_to_nobody(heard, handler, clock):
    export(approvals_required=0)
    rita = requester()
    ask(rita)
    heard.clear()

    with transaction.atomic():
        rita.user.is_active = False
        rita.user.save()
        transaction.set_rollback(True)

    assert heard == []


def test_a_refused_act_is_told_to_nobody(heard, handler, clock):
    export()
    rita = requester()
    request = ask(rita)
    heard.clear()

    for act in (decide, revoke):
        with pytest.raises(ActForbidden):
            act(rita, request)

    assert heard == []

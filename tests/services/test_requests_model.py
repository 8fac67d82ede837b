"""Random acts of several people, against a small model: the product must never differ from it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.errors import AccessFlowMFAError
from drf_accessflow_mfa.domain.lifecycle import Status, status_at
from drf_accessflow_mfa.models import (
    AccessFlow,
    AccessRequest,
    AuditEvent,
    AuthenticatorApp,
    Verification,
)
from drf_accessflow_mfa.services import requests
from drf_accessflow_mfa.services.access import read_with_access
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
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
    join,
    leave,
    requester,
    revoke,
)
from tests.people import NOON, ORIGIN, Person

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("rita", "omar", "olga")
QUARTER, HALF = HOUR / 4, HOUR / 2
NOW = timedelta(0)


@dataclass
class Model:
    """What the contract says of one request under a flow of two approvals and two extensions."""

    needs_mfa: bool = False
    may_approve_self: bool = False
    state: str = "pending_approval"
    expires_at: datetime = field(default_factory=lambda: NOON + HOUR)
    ends_at: datetime | None = None
    approvers: set[str] = field(default_factory=lambda: {"omar", "olga"})
    approved_by: set[str] = field(default_factory=set)
    verified_at: dict[str, datetime] = field(default_factory=dict)
    extensions: int = 0

    def status(self, now):
        if self.state == "pending_approval" and now >= self.expires_at:
            return "expired"
        if self.state == "active" and now >= self.ends_at:
            return "ended"
        return self.state

    def shows_mfa(self, who, now):
        return not self.needs_mfa or (who in self.verified_at and now - self.verified_at[who] <= HALF)

    def may_decide(self, who, now):
        is_other = who != "rita" or self.may_approve_self
        return who in self.approvers and is_other and who not in self.approved_by and self.shows_mfa(who, now)

    def act(self, name, who, now):
        """Do what the contract allows, and tell whether it was."""
        status = self.status(now)
        if name == "approve" and status == "pending_approval" and self.may_decide(who, now):
            self.approved_by.add(who)
            if len(self.approved_by) == 2:
                self.state, self.ends_at = "active", now + HOUR
            return True
        if name == "reject" and status == "pending_approval" and self.may_decide(who, now):
            self.state = "rejected"
            return True
        if name == "cancel" and status in ("pending_approval", "active") and who == "rita":
            self.state = "canceled"
            return True
        if name == "revoke" and status == "active" and who in self.approvers:
            self.state = "revoked"
            return True
        if name == "extend" and status == "active" and who == "rita" and self.extensions < 2:
            if not self.shows_mfa(who, now):
                return False
            self.extensions += 1
            self.ends_at += QUARTER
            return True
        return False


DO = {
    "approve": lambda who, request: decide(who, request, APPROVE),
    "reject": lambda who, request: decide(who, request, REJECT),
    "cancel": cancel,
    "revoke": revoke,
    "extend": extend,
}
acts = st.tuples(
    st.sampled_from([*DO, "approve", "close", "join", "leave", "verify", "verify"]),
    st.sampled_from(PEOPLE),
    st.sampled_from([NOW, NOW, timedelta(seconds=1), QUARTER, HOUR]),
)
BY_TWO = [("approve", "omar", NOW), ("approve", "olga", NOW)]
BY_HERSELF = [("join", "rita", NOW), ("approve", "rita", NOW), ("approve", "omar", NOW)]
VERIFIED = [("verify", "omar", NOW), ("verify", "olga", NOW)]


def is_let_in(someone, now):
    """Whether the guard's own statement finds active access."""
    return read_with_access(["export"], someone.caller(), now=now)[0].access is not None


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@example(story=[*BY_TWO, ("extend", "rita", HOUR)], needs_mfa=False, may_approve_self=False)
@example(story=[("approve", "omar", HOUR), ("close", "rita", NOW)], needs_mfa=False, may_approve_self=False)
@example(story=BY_HERSELF, needs_mfa=False, may_approve_self=False)
@example(story=BY_HERSELF, needs_mfa=False, may_approve_self=True)
@example(story=[*BY_HERSELF, ("leave", "omar", NOW), *BY_TWO], needs_mfa=False, may_approve_self=False)
@example(story=BY_TWO, needs_mfa=True, may_approve_self=False)
@example(
    story=[*VERIFIED, *BY_TWO, ("extend", "rita", HALF), ("extend", "rita", timedelta(seconds=1))],
    needs_mfa=True,
    may_approve_self=False,
)
@given(story=st.lists(acts, min_size=1, max_size=14), needs_mfa=st.booleans(), may_approve_self=st.booleans())
def test_no_sequence_of_acts_leads_where_the_contract_does_not(story, needs_mfa, may_approve_self):
    model = Model(needs_mfa=needs_mfa, may_approve_self=may_approve_self)
    with time_machine.travel(NOON, tick=False) as clock:
        everyone = _start_anew(model)
        _verify("rita", everyone, model, NOON)
        request = ask(everyone["rita"])
        for name, who, wait in story:
            clock.shift(wait)
            now = datetime.now(NOON.tzinfo)
            if name in BESIDES:
                BESIDES[name](who, everyone, model, now)
            else:
                assert _is_done(name, everyone[who], request) == model.act(name, who, now), (name, who)
            _compare(request, model, everyone, now)


def _start_anew(model):
    everyone = _people()
    AccessRequest.objects.all().delete()
    Verification.objects.all().delete()
    AuthenticatorApp.objects.update(last_step=-1)
    AccessFlow.objects.update(
        require_mfa=model.needs_mfa,
        require_mfa_to_approve=model.needs_mfa,
        requester_cannot_approve_self=not model.may_approve_self,
    )
    for name in PEOPLE:
        change = join if name in model.approvers else leave
        change(everyone[name], "approvers")
    return everyone


def _people():
    rules = {
        "approvals_required": 2,
        "max_extensions": 2,
        "extension_duration": QUARTER,
        "approval_timeout": HOUR,
        "mfa_max_age": HALF,
    }
    if not AccessFlow.objects.exists():
        export(**rules)
        requester("rita"), approver("omar"), approver("olga")
    apps = {app.user.username: app for app in AuthenticatorApp.objects.select_related("user")}
    return {name: Person(user=apps[name].user, app=apps[name], totp=apps[name].totp()) for name in PEOPLE}


def _close(who, everyone, model, now):
    requests.close_requests(origin=ORIGIN)


def _join(who, everyone, model, now):
    join(everyone[who], "approvers")
    model.approvers.add(who)


def _leave(who, everyone, model, now):
    leave(everyone[who], "approvers")
    model.approvers.discard(who)


def _verify(who, everyone, model, now):
    """Send the code of this moment; the second time in one step it is refused, and renews nothing."""
    outcome = verify(everyone[who].caller(), everyone[who].code(), origin=ORIGIN)
    if isinstance(outcome, Verified):
        model.verified_at[who] = now


BESIDES = {"close": _close, "join": _join, "leave": _leave, "verify": _verify}


def _is_done(name, someone, request):
    events = AuditEvent.objects.count()
    try:
        DO[name](someone, request)
    except AccessFlowMFAError:
        assert AuditEvent.objects.count() == events
        return False
    assert AuditEvent.objects.count() == events + 1
    return True


def _compare(request, model, everyone, now):
    row = requests.find_request(everyone["rita"].user, request.pk)
    status = model.status(now)
    assert status == status_at(row.timeline, now=now).value
    assert is_let_in(everyone["rita"], now) == (status == "active")
    assert not is_let_in(everyone["omar"], now)
    assert {decision.decider_name for decision in row.decisions.all()} >= model.approved_by
    found = {
        name.value: requests.list_requests(everyone["rita"].user, filters={"status": name}, now=now).count()
        for name in Status
    }
    assert found == {name.value: int(name.value == status) for name in Status}
    assert len(row.extensions.all()) == model.extensions

"""Grant handlers: called after the commit, failing without harm, tried again by a command."""

import pytest
from django.core.management import CommandError, call_command

from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from drf_accessflow_mfa.services import requests
from tests.asking import (
    HOUR,
    approver,
    ask,
    cancel,
    decide,
    export,
    extend,
    kinds_of,
    requester,
    revoke,
    status_of,
)
from tests.granting import Recorder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def handler(settings):
    recorder = Recorder()
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {"export": recorder}
    return recorder


@pytest.fixture
def rita(db, clock):
    return requester("rita")


def stored(request):
    return AccessRequest.objects.get(pk=request.pk)


def test_access_is_granted_after_approval_and_withdrawn_after_revocation(rita, handler):
    export()
    request = ask(rita)
    assert handler.calls == []
    omar = approver()

    request = decide(omar, request)
    assert handler.calls == [("grant", request.ends_at)]
    assert request.grant_state == "granted"
    assert stored(request).grant_state == "granted"
    revoke(omar, request)

    assert handler.acts == ["grant", "withdraw"]
    assert stored(request).grant_state == "withdrawn"
    assert kinds_of(request) == ["created", "approved", "granted", "revoked", "withdrawn"]


@pytest.mark.parametrize("end", [cancel, lambda someone, request: None])
def test_access_that_ends_in_any_way_is_withdrawn(rita, handler, clock, end):
    export(approvals_required=0)
    request = ask(rita)
    end(rita, request)
    clock.shift(HOUR)

    call_command("accessflow_mfa_close_requests", verbosity=0)

    assert handler.acts == ["grant", "withdraw"]


def test_a_failing_handler_is_recorded_by_the_kind_of_its_error_alone_and_tried_again(rita, handler, caplog):
    export(approvals_required=0)
    handler.fail_once()

    request = ask(rita)

    row = stored(request)
    assert (row.grant_state, row.grant_failures, row.grant_error) == ("due", 1, "ConnectionError")
    assert status_of(request) == "active"
    event = AuditEvent.objects.get(kind="request.granted")
    assert (event.outcome, event.reason) == ("failure", "ConnectionError")
    call_command("accessflow_mfa_retry_grants", verbosity=0)
    assert stored(request).grant_state == "granted"
    assert stored(request).grant_error == ""


def test_the_command_fails_while_a_handler_does(rita, handler):
    export(approvals_required=0)
    handler.fail_once()
    ask(rita)
    handler.fail_once()

    with pytest.raises(CommandError, match="Still due"):
        call_command("accessflow_mfa_retry_grants", verbosity=0)


def test_access_is_not_active_before_its_grant_where_the_flow_demands_it(rita, handler, clock):
    export(approvals_required=0, grant_required=True, approval_timeout=24 * HOUR)
    handler.fail_once()
    request = ask(rita, duration=HOUR)
    assert status_of(request) == "approved"
    clock.shift(3 * HOUR)
    assert status_of(request) == "approved"

    call_command("accessflow_mfa_retry_grants", verbosity=0)

    row = stored(request)
    assert status_of(request) == "active"
    assert row.ends_at - row.starts_at == HOUR
    assert handler.calls[-1] == ("grant", row.ends_at)


def test_a_demanded_grant_without_a_handler_never_becomes_access(rita, settings):
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {}
    export(approvals_required=0, grant_required=True)

    request = ask(rita)

    assert status_of(request) == "approved"
    assert stored(request).grant_error == "NoGrantHandler"


def test_what_is_not_granted_in_time_expires_and_what_it_left_is_withdrawn(rita, handler, clock):
    export(approvals_required=0, grant_required=True, approval_timeout=HOUR)
    handler.fail_once()
    request = ask(rita)
    clock.shift(HOUR)
    assert status_of(request) == "expired"

    call_command("accessflow_mfa_retry_grants", verbosity=0)

    assert handler.acts == ["grant", "withdraw"]
    assert stored(request).starts_at is None


def test_an_extension_is_granted_again_until_the_new_end(rita, handler):
    export(approvals_required=0, max_extensions=1)
    request = ask(rita)

    request = extend(rita, request)

    assert handler.calls == [("grant", request.ends_at - HOUR), ("grant", request.ends_at)]
    assert stored(request).grant_state == "granted"


def test_a_request_revoked_while_its_grant_was_running_is_withdrawn_by_whoever_granted(rita, handler):
    export(approvals_required=0)
    omar = approver()
    handler.meanwhile["grant"] = lambda request: revoke(omar, request)

    request = ask(rita)

    assert handler.acts == ["grant", "withdraw"]
    assert stored(request).grant_state == "withdrawn"
    assert status_of(request) == "revoked"


def test_a_request_extended_while_its_grant_was_running_is_granted_once_more(rita, handler):
    export(approvals_required=0, max_extensions=1)
    handler.meanwhile["grant"] = lambda request: extend(rita, request)

    request = ask(rita)

    assert handler.acts == ["grant", "grant"]
    assert handler.calls[-1][1] == stored(request).ends_at
    assert stored(request).grant_state == "granted"


def test_a_worker_that_died_holds_its_claim_for_five_minutes_only(rita, handler, clock):
    export(approvals_required=0)
    handler.fail_once()
    request = ask(rita)
    AccessRequest.objects.update(grant_claimed_until="2026-06-01T12:05:05Z")
    assert requests.settle_grant(request.pk) is False
    clock.shift(5 * 60)

    assert requests.settle_grant(request.pk) is True


def test_flows_without_a_handler_of_their_own_share_the_one_for_any(rita, handler, settings):
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {"other": Recorder(), "*": handler}
    export(approvals_required=0)

    ask(rita)

    assert handler.acts == ["grant"]


def test_what_has_ended_is_written_down_once_however_often_the_command_runs(rita, clock):
    export(approvals_required=0)
    export("slow", approval_timeout=HOUR)
    ended, expired = ask(rita), ask(rita, "slow")
    clock.shift(HOUR)

    counts = [requests.close_requests(origin=Origin()) for _ in range(2)]

    assert counts == [2, 0]
    assert kinds_of(ended) == ["created", "approved", "ended"]
    assert kinds_of(expired) == ["created", "expired"]
    assert stored(ended).closed_at == stored(ended).ends_at


def test_a_deactivated_user_loses_every_access_and_what_was_granted(rita, handler):
    export(approvals_required=0)
    export("pending")
    granted, pending = ask(rita), ask(rita, "pending")

    rita.user.is_active = False
    rita.user.save()

    assert [status_of(granted), status_of(pending)] == ["canceled", "canceled"]
    assert handler.acts == ["grant", "withdraw"]
    assert stored(granted).closing_reason == "deactivated"

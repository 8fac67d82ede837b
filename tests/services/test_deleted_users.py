"""Deleting a user ends their requests before, and withdraws what was granted afterwards."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from drf_accessflow_mfa.domain.errors import RequestNotFound
from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from tests.asking import HOUR, ask, cancel, export, kinds_of, requester, status_of
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


def test_a_deleted_user_loses_what_was_granted_and_the_log_keeps_what_happened(rita, handler):
    export(approvals_required=0)
    export("pending")
    granted, pending = ask(rita), ask(rita, "pending")

    rita.user.delete()

    assert not AccessRequest.objects.exists()
    assert handler.calls == [("grant", granted.ends_at), ("withdraw", granted.ends_at)]
    assert kinds_of(granted) == ["created", "approved", "granted", "canceled", "withdrawn"]
    assert kinds_of(pending) == ["created", "canceled"]
    events = AuditEvent.objects.filter(kind__in=["request.canceled", "request.withdrawn"]).order_by("id")
    assert {event.subject_name for event in events} == {"rita"}
    assert [event.reason for event in events] == ["deleted", "deleted", ""]


def test_every_user_of_a_bulk_deletion_loses_what_was_granted(rita, handler):
    export(approvals_required=0)
    asked = [ask(rita), ask(requester("olga"))]

    User.objects.filter(username__in=["rita", "olga"]).delete()

    assert handler.acts == ["grant", "grant", "withdraw", "withdraw"]
    assert [kinds_of(request)[-1] for request in asked] == ["withdrawn", "withdrawn"]


def test_users_deleted_through_a_proxy_model_are_no_exception(rita, handler, host_model):
    export(approvals_required=0)
    ask(rita)

    host_model("Colleague", User).objects.get(pk=rita.user.pk).delete()

    assert handler.acts == ["grant", "withdraw"]


def test_a_deletion_that_is_rolled_back_withdraws_nothing(rita, handler):
    export(approvals_required=0)
    request = ask(rita)

    with transaction.atomic():
        rita.user.delete()
        transaction.set_rollback(True)

    assert handler.acts == ["grant"]
    assert status_of(request) == "active"


def test_what_had_ended_but_was_not_withdrawn_yet_is_withdrawn_from_a_deleted_user(rita, handler, clock):
    export(approvals_required=0)
    request = ask(rita)
    clock.shift(HOUR)

    rita.user.delete()

    assert handler.acts == ["grant", "withdraw"]
    assert kinds_of(request) == ["created", "approved", "granted", "withdrawn"]


def test_what_was_withdrawn_before_is_left_alone_when_its_user_is_deleted(rita, handler):
    export(approvals_required=0)
    cancel(rita, ask(rita))

    rita.user.delete()

    assert handler.acts == ["grant", "withdraw"]


def test_a_failure_to_withdraw_from_a_deleted_user_stands_in_the_log(rita, handler):
    export(approvals_required=0)
    request = ask(rita)
    handler.fail_once("withdraw")

    rita.user.delete()

    event = AuditEvent.objects.get(kind="request.withdrawn", request=request.pk)
    assert (event.outcome, event.reason) == ("failure", "ConnectionError")


@pytest.mark.parametrize("fails", [False, True])
def test_a_grant_that_ends_after_its_user_was_deleted_is_withdrawn_again(rita, handler, fails):
    export(approvals_required=0, grant_required=True)

    def delete_the_user(request):
        User.objects.get(username="rita").delete()
        if fails:
            raise ConnectionError

    handler.meanwhile["grant"] = delete_the_user

    with pytest.raises(RequestNotFound):
        ask(rita)

    assert handler.acts == ["grant", "withdraw", "withdraw"]

"""Grants in detail: whose claim it is, what is told, and requests that move on while a handler runs."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F

from drf_accessflow_mfa.domain.errors import RequestNotFound
from drf_accessflow_mfa.models import AccessRequest, AuditEvent
from drf_accessflow_mfa.services import requests
from drf_accessflow_mfa.services.requests import gone, grant_outcomes, grants
from tests.asking import HOUR, approver, ask, export, kinds_of, requester, revoke, status_of
from tests.granting import Recorder
from tests.people import NOON, ORIGIN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
SECOND = timedelta(seconds=1)


@pytest.fixture
def handler(settings):
    recorder = Recorder()
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {"*": recorder}
    return recorder


@pytest.fixture
def rita(db, clock):
    return requester("rita")


def test_requests_of_one_moment_keep_their_own_claims(rita, handler):
    export(approvals_required=0)
    export("other", approvals_required=0)
    first, second = ask(rita), ask(rita, "other")
    until = NOON + timedelta(minutes=5)
    AccessRequest.objects.update(grant_claimed_until=until)
    row = AccessRequest.objects.get(pk=first.pk)

    grant_outcomes.release(row, using="default")

    assert AccessRequest.objects.get(pk=first.pk).grant_claimed_until is None
    assert AccessRequest.objects.get(pk=second.pk).grant_claimed_until == until
    AccessRequest.objects.update(grant_claimed_until=until + SECOND)
    grant_outcomes.release(row, using="default")
    assert AccessRequest.objects.get(pk=first.pk).grant_claimed_until == until + SECOND


def test_while_a_handler_runs_nobody_else_gets_the_request(rita, handler):
    export(approvals_required=0)
    others, claims = [], []

    def look(request):
        others.append(requests.settle_grant(request.pk))
        claims.append(AccessRequest.objects.get(pk=request.pk).grant_claimed_until)

    handler.meanwhile["grant"] = look
    ask(rita)

    assert (others, claims) == ([False], [NOON + timedelta(minutes=5)])
    assert handler.acts == ["grant"]


def test_a_request_that_moves_on_again_and_again_is_left_to_the_command(rita, handler):
    export(approvals_required=0)

    def move(request):
        AccessRequest.objects.filter(pk=request.pk).update(ends_at=F("ends_at") + SECOND)
        handler.meanwhile["grant"] = move

    handler.meanwhile["grant"] = move
    request = ask(rita)

    assert handler.acts == ["grant"] * 5
    assert AccessRequest.objects.get().grant_state == "due"
    handler.meanwhile["grant"] = move
    assert requests.settle_grant(request.pk) is False
    handler.meanwhile.clear()
    assert list(requests.retry_grants(origin=ORIGIN)) == [(request.pk, True)]


def test_one_grant_starts_one_request_and_none_that_was_revoked_meanwhile(rita, handler):
    export(approvals_required=0, grant_required=True)
    export("other", approvals_required=0, grant_required=True)
    handler.fail_once()
    waiting, omar = ask(rita, "other"), approver()
    handler.meanwhile["grant"] = lambda request: revoke(omar, request)

    revoked = ask(rita)

    assert status_of(revoked) == "revoked"
    assert AccessRequest.objects.get(pk=revoked.pk).starts_at is None
    assert AccessRequest.objects.get(pk=waiting.pk).starts_at is None
    ask(requester("olga"))
    assert AccessRequest.objects.get(pk=waiting.pk).starts_at is None


def test_what_is_due_is_found_and_nothing_else(rita, handler, clock):
    export(approvals_required=0)
    export("over", approvals_required=0)
    export("revoked", approvals_required=0)
    export("done", approvals_required=0)
    granted, over, revoked, done = (ask(rita, slug) for slug in ("export", "over", "revoked", "done"))
    revoke(approver(), done)
    AccessRequest.objects.filter(pk=over.pk).update(starts_at=NOON - HOUR, ends_at=NOON)
    AccessRequest.objects.filter(pk=revoked.pk).update(decided="revoked", closed_at=NOON)

    settled = dict(requests.retry_grants(origin=ORIGIN))

    assert done.pk not in settled
    assert settled == {over.pk: True, revoked.pk: True}
    assert kinds_of(granted)[-1] == "granted"


@pytest.mark.parametrize("fails", [False, True])
def test_the_log_says_from_where_the_command_was_run(rita, handler, fails):
    export(approvals_required=0)
    handler.fail_once()
    ask(rita)
    if fails:
        handler.fail_once()

    list(requests.retry_grants(origin=ORIGIN))

    event = AuditEvent.objects.filter(kind="request.granted").order_by("id").last()
    assert (event.outcome, event.ip) == ("failure" if fails else "success", "192.0.2.1")


def test_a_failing_handler_is_in_the_log_of_the_process(rita, handler, caplog):
    export(approvals_required=0)
    handler.fail_once()

    request = ask(rita)

    assert f"grant handler failed: grant request={request.pk}" in caplog.text


def test_a_row_that_is_deleted_while_it_is_withdrawn_is_withdrawn_once(rita, handler):
    export(approvals_required=0)
    request = ask(rita)
    handler.meanwhile["withdraw"] = lambda row: AccessRequest.objects.filter(pk=row.pk).delete()
    AccessRequest.objects.update(decided="revoked", closed_at=NOON)

    assert requests.settle_grant(request.pk) is False

    assert handler.acts == ["grant", "withdraw"]


@pytest.mark.parametrize(("fails", "told"), [(False, ("withdrawn", True)), (True, ("due", False))])
def test_receivers_learn_what_became_of_what_a_deleted_user_had(rita, handler, heard, fails, told):
    export(approvals_required=0)
    ask(rita)
    if fails:
        handler.fail_once("withdraw")

    rita.user.delete()

    facts = [facts for name, _, facts in heard if name == "request_withdrawn"]
    assert [(one["access_request"].grant_state, one["succeeded"]) for one in facts] == [told]
    assert AuditEvent.objects.get(kind="request.withdrawn").outcome == ("failure" if fails else "success")


def test_a_row_is_missed_though_others_are_there(rita, handler):
    export(approvals_required=0, grant_required=True)
    ask(requester("olga"))
    handler.meanwhile["grant"] = lambda request: AccessRequest.objects.filter(pk=request.pk).delete()

    with pytest.raises(RequestNotFound):
        ask(rita)

    assert handler.acts == ["grant", "grant", "withdraw"]


@pytest.mark.parametrize(
    ("module", "name", "act"),
    [
        (gone, "tell", lambda: User.objects.get(username="rita").delete()),
        (
            grants,
            "_claim",
            lambda: requests.cancel_requests_of(User.objects.get(username="rita"), reason="x", origin=ORIGIN),
        ),
    ],
    ids=["deleted", "canceled"],
)
def test_what_fails_after_the_commit_turns_no_act_into_an_error(
    rita, handler, monkeypatch, module, name, act
):
    export(approvals_required=0)
    ask(rita)

    def broken(*arguments, **options):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(module, name, broken)

    act()

    assert AuditEvent.objects.filter(kind="request.canceled").exists()


def test_an_hour_is_an_hour_from_the_grant(rita, handler):
    export(approvals_required=0, grant_required=True)

    row = ask(rita)

    assert (row.starts_at, row.ends_at) == (NOON, NOON + HOUR)

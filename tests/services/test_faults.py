"""The database fails between each two statements: fail closed (rules 1 and 9), never half."""

from contextlib import suppress

import pyotp
import pytest
from django.db import OperationalError, connection

from drf_accessflow_mfa.models import AccessFlow, AuditEvent, AuthenticatorApp, Verification
from tests.people import API, by_token, enrolled, flow, may, person, post_code, verified

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = "drf_accessflow_mfa_"


class FailAt:
    """Fails the nth statement that touches this package's tables."""

    def __init__(self, number):
        self.number, self.seen = number, 0

    def __call__(self, execute, sql, params, many, context):
        if TABLES in sql:
            self.seen += 1
            if self.seen == self.number:
                raise OperationalError("the database went away")
        return execute(sql, params, many, context)


def failing_at(number, call):
    """Run the call with the nth statement failing; say whether it was reached."""
    fault, answer = FailAt(number), None
    with connection.execute_wrapper(fault), suppress(OperationalError):
        answer = call()
    return answer, fault.seen >= number


def each_fault(prepare, call):
    """Yield the answer for each statement that fails in turn, on a fresh state."""
    for number in range(1, 40):
        state = prepare()
        answer, is_reached = failing_at(number, lambda state=state: call(state))
        if not is_reached:
            assert number > 3
            return
        yield state, answer


def test_a_verification_is_whole_or_not_at_all(clock):
    numbers = iter(range(100))

    def prepare():
        return enrolled(f"user-{next(numbers)}")

    for someone, answer in each_fault(prepare, lambda one: post_code(by_token(one), one.code())):
        assert answer is None or answer.status_code >= 400
        assert not Verification.objects.filter(user=someone.user).exists()
        assert someone.events("mfa.verified") == []
        assert AuthenticatorApp.objects.get(user=someone.user).last_step == -1
        assert post_code(by_token(someone), someone.code()).status_code == 201


def test_a_refusal_is_whole_or_not_at_all(clock):
    numbers = iter(range(100))

    def prepare():
        return enrolled(f"user-{next(numbers)}")

    for someone, answer in each_fault(prepare, lambda one: post_code(by_token(one), one.wrong_code())):
        assert answer is None or answer.status_code >= 400
        assert (someone.budget() == (1, 1)) is (len(someone.events("mfa.failed")) == 1)


def test_an_enrollment_is_confirmed_whole_or_not_at_all(clock):
    numbers = iter(range(100))

    def prepare():
        nina = person(f"user-{next(numbers)}")
        begun = by_token(nina).post(API + "devices/", {"name": "phone"}, format="json").json()
        return nina, begun

    def confirm(state):
        nina, begun = state
        return by_token(nina).post(
            f"{API}devices/{begun['id']}/confirmation/",
            {"code": pyotp.TOTP(begun["secret"]).now()},
            format="json",
        )

    for (nina, begun), answer in each_fault(prepare, confirm):
        assert answer is None or answer.status_code >= 400
        assert nina.events("device.enrolled") == nina.events("recovery_codes.generated") == []
        assert not AuthenticatorApp.objects.filter(user=nina.user, confirmed=True).exists()
        assert not Verification.objects.filter(user=nina.user).exists()
        assert confirm((nina, begun)).status_code == 200


def test_a_removal_is_whole_or_not_at_all(clock):
    numbers = iter(range(100))

    def prepare():
        someone = enrolled(f"user-{next(numbers)}")
        verified(by_token(someone), someone)
        return someone

    def remove(someone):
        return by_token(someone).delete(f"{API}devices/{someone.device}/")

    for someone, answer in each_fault(prepare, remove):
        assert answer is None or answer.status_code >= 400
        assert someone.events("device.removed") == []
        assert AuthenticatorApp.objects.filter(user=someone.user).exists()
        assert Verification.objects.filter(user=someone.user, revoked_at__isnull=True).exists()


def test_a_changed_flow_is_logged_or_not_changed(clock):
    editor = may(enrolled("editor"), "change_accessflow")
    verified(by_token(editor), editor)

    def prepare():
        AccessFlow.objects.all().delete()
        return flow("refunds")

    def loosen(row):
        return by_token(editor).patch(API + "flows/refunds/", {"require_mfa": False}, format="json")

    changes = 0
    for _, answer in each_fault(prepare, loosen):
        assert answer is None or answer.status_code >= 400
        is_changed = AccessFlow.objects.get().require_mfa is False
        assert AuditEvent.objects.filter(kind="flow.changed").count() == changes + is_changed
        changes += is_changed


def test_a_guarded_request_never_passes_without_the_database(clock, serve):
    rita = enrolled()
    flow("refunds")
    url, client = serve(access_flow="refunds"), by_token(rita)
    verified(client, rita)

    answer, is_reached = failing_at(1, lambda: client.get(url))

    assert is_reached
    assert answer is None


def test_a_denial_stays_a_denial_when_it_cannot_be_logged(clock, serve, caplog):
    rita = enrolled()
    flow("refunds")
    url = serve(access_flow="refunds")

    def refuse_events(execute, sql, params, many, context):
        if "INSERT" in sql and "auditevent" in sql:
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_events):
        answer = by_token(rita).get(url)

    assert answer.status_code == 401
    assert rita.events() == []
    assert "mfa.challenged denied" in caplog.text
    assert "flow=refunds" in caplog.text

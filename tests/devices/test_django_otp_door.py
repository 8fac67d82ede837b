"""``device.verify_token`` called bare, as django-otp's forms and admin do."""

import logging

import django_otp
import pytest
from django.db import OperationalError, transaction

from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp, RecoveryCodes, Verification
from drf_accessflow_mfa.services import django_otp_door
from tests.people import by_token, enrolled, flow, post_code


def test_a_right_code_is_accepted_once(rita):
    code = rita.code()

    assert rita.app.verify_token(code) is True
    assert rita.app.verify_token(code) is False
    assert AuthenticatorApp.objects.get().verify_token(code) is False


def test_it_is_charged_and_audited_and_proves_nothing_for_any_credential(rita):
    rita.app.verify_token(rita.wrong_code())
    rita.app.verify_token(rita.code())

    assert rita.budget() == (0, 1)
    assert [kind for kind, _ in rita.events()] == ["mfa.failed", "mfa.verified"]
    assert not Verification.objects.exists()


def test_a_code_spent_there_is_spent_in_the_api_and_the_other_way_round(rita, clock):
    client, code = by_token(rita), rita.code()
    rita.app.verify_token(code)
    assert post_code(client, code).status_code == 400

    clock.shift(30)
    code = rita.code()
    assert post_code(client, code).status_code == 201
    assert rita.app.verify_token(code) is False


@pytest.mark.parametrize(
    "token", [None, "", 123456, "x", [], "\uff11\uff12\uff13\uff14\uff15\uff16", "1" * 10_000, "\x00"]
)
def test_whatever_is_no_code_is_refused_and_counted(rita, token):
    assert rita.app.verify_token(token) is False
    assert rita.budget() == (1, 1)


def test_a_locked_user_is_locked_there_too(rita):
    for _ in range(5):
        rita.app.verify_token(rita.wrong_code())

    assert rita.app.verify_token(rita.code()) is False
    is_allowed, why = rita.app.verify_is_allowed()
    assert (is_allowed, why["reason"]) == (False, "wait")


def test_an_unlocked_user_is_allowed(rita):
    assert rita.app.verify_is_allowed() == (True, None)


def test_an_unconfirmed_device_is_refused(rita):
    AuthenticatorApp.objects.update(confirmed=False)

    assert rita.app.verify_token(rita.code()) is False


def test_a_removed_device_is_refused(rita):
    code = rita.code()
    AuthenticatorApp.objects.all().delete()

    assert rita.app.verify_token(code) is False


def test_recovery_codes_are_spent_there_too(rita):
    code = rita.recovery_codes()[0]
    paper = RecoveryCodes.objects.get()

    assert paper.verify_token(code) is True
    assert paper.verify_token(code) is False
    assert paper.verify_is_allowed() == (True, None)


def test_django_otp_finds_the_devices_once_and_by_id(rita):
    rita.recovery_codes()

    found = list(django_otp.devices_for_user(rita.user))

    assert [type(device).__name__ for device in found] == ["AuthenticatorApp", "RecoveryCodes"]
    assert type(found[0]).from_persistent_id(found[0].persistent_id) == rita.app


@pytest.mark.parametrize("model", [AuthenticatorApp, RecoveryCodes])
def test_django_otp_holds_no_lock_on_the_row_that_the_code_is_spent_in(rita, model):
    """Its forms lock the device and then wait for us; we spend the code over another connection.

    Had the lock been taken, each would wait for the other (PostgreSQL: for ever).
    """
    rita.recovery_codes()
    found = [device for device in django_otp.device_classes() if device is model]

    (manager,) = [device.objects for device in found]

    assert manager.filter(user=rita.user).select_for_update().query.select_for_update is False


def test_the_log_says_that_it_came_through_django_otp_and_not_that_an_unconfirmed_device_was_asked(rita):
    rita.app.verify_token(rita.code())
    AuthenticatorApp.objects.update(confirmed=False, last_step=-1)
    rita.app.verify_token(rita.code())

    events = AuditEvent.objects.filter(subject=rita.user).order_by("id")
    assert [(event.kind, event.reason, event.credential) for event in events] == [
        ("mfa.verified", "", "django_otp"),
        ("mfa.failed", "no_device", "django_otp"),
    ]


def test_what_the_caller_has_not_saved_yet_stays_as_the_caller_wants_it(rita, omar):
    rita.app.name = "my next phone"

    assert rita.app.verify_token(rita.code()) is True

    assert rita.app.name == "my next phone"
    assert rita.app.last_step == AuthenticatorApp.objects.get(pk=rita.app.pk).last_step


def test_whose_transaction_it_is(rita):
    """The blocks that tests open around themselves are nobody's; one inside of them is somebody's."""
    assert django_otp_door._is_in_a_transaction("default") is False
    with transaction.atomic():
        assert django_otp_door._is_in_a_transaction("default") is True


@pytest.mark.django_db(transaction=True)
class TestInSomebodysTransaction:
    @pytest.fixture
    def someone(self, clock):
        flow("refunds")
        return enrolled("rita")

    def test_a_code_stays_spent_when_it_is_rolled_back(self, someone):
        code = someone.code()
        with transaction.atomic():
            assert someone.app.verify_token(code) is True
            transaction.set_rollback(True)

        assert someone.app.verify_token(code) is False

    def test_a_guess_stays_counted_when_it_is_rolled_back(self, someone):
        for _ in range(5):
            with transaction.atomic():
                assert someone.app.verify_token(someone.wrong_code()) is False
                transaction.set_rollback(True)

        assert someone.budget() == (5, 5)
        assert someone.app.verify_token(someone.code()) is False
        assert [kind for kind, _ in someone.events()] == ["mfa.failed"] * 5 + ["mfa.locked"]

    def test_recovery_codes_stay_spent_too(self, someone):
        code = someone.recovery_codes()[0]
        paper = RecoveryCodes.objects.get()
        with transaction.atomic():
            assert paper.verify_token(code) is True
            transaction.set_rollback(True)

        assert paper.verify_token(code) is False

    def test_a_caller_who_holds_the_locks_that_we_need_is_refused_and_it_is_logged(self, someone, caplog):
        code = someone.code()
        with transaction.atomic():
            someone.user.save()
            assert someone.app.verify_token(code) is False

        told = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert [record.getMessage() for record in told] == [
            "refused a code: the caller's transaction holds the locks that it needs"
        ]
        assert someone.app.verify_token(code) is True

    def test_a_database_that_fails_in_another_way_fails_loudly(self, someone, monkeypatch):
        def broken(*arguments, **options):
            raise OperationalError("disk I/O error")

        monkeypatch.setattr("drf_accessflow_mfa.services.django_otp_door.judge_guess", broken)

        with transaction.atomic(), pytest.raises(OperationalError, match="disk"):
            someone.app.verify_token(someone.code())

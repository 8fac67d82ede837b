"""Users are told by e-mail what happens to their second factor; and no mail stops anything."""

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from drf_accessflow_mfa.models import AttemptBudget, AuditEvent, AuthenticatorApp
from drf_accessflow_mfa.services import enroll, manage, reset
from drf_accessflow_mfa.services import mail as mails
from drf_accessflow_mfa.services.enroll import Enrolled
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
from tests import people

KINDS = ["device_enrolled", "device_removed", "mfa_reset", "mfa_locked", "recovery_code_used"]


class BrokenMail(BaseEmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError("no mail today")


@pytest.fixture
def rita(db, clock):
    return people.enrolled("rita", email="rita@example.org")


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """Run a block with its callbacks after the commit: ``with committing(): ...``."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def enroll_app(someone):
    begun = enroll.begin_enrollment(someone.caller(), name="<b>evil.example</b>", origin=people.ORIGIN)
    code = people.pyotp.TOTP(begun.secret).at(people.timezone.now())
    return enroll.confirm_enrollment(someone.caller(), begun.device.id, code, origin=people.ORIGIN), begun


def lock(someone, guesses=8):
    for _ in range(guesses):
        verify(someone.caller(), someone.wrong_code(), origin=people.ORIGIN)


def test_enrolling_a_device_is_told(db, clock, committing):
    nina = people.person("nina", email="nina@example.org")

    with committing():
        outcome, begun = enroll_app(nina)

    assert isinstance(outcome, Enrolled)
    (message,) = mail.outbox
    assert message.to == ["nina@example.org"]
    assert message.subject == "Access flows: a device was added to your account"
    assert "If this was not you" in message.body
    assert "2026-06-01 12:00 UTC" in message.body
    for secret in (begun.secret, begun.otpauth_uri, *outcome.recovery_codes, "evil.example"):
        assert secret not in message.body + message.subject


def test_removing_a_device_is_told(rita, committing):
    verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    with committing():
        manage.remove_device(rita.caller(), rita.device, origin=people.ORIGIN)

    assert [message.subject for message in mail.outbox] == [
        "Access flows: a device was removed from your account"
    ]


def test_a_removal_past_this_package_is_told_too(rita, committing):
    with committing():
        AuthenticatorApp.objects.get(user=rita.user).delete()

    assert "removed" in mail.outbox[0].subject


def test_an_account_that_goes_gets_no_mail(rita, committing):
    with committing():
        rita.user.delete()

    assert mail.outbox == []


def test_a_reset_is_told_with_another_advice(rita, committing):
    with committing():
        reset.reset_factors(
            rita.user, reason="internal: do not tell", editor=Editor(caller=None, origin=people.ORIGIN)
        )

    (message,) = mail.outbox
    assert message.subject == "Access flows: your second factor was reset"
    assert "by another way than e-mail" in message.body
    assert "internal" not in message.body


def test_a_recovery_code_that_was_used_is_told(rita, committing):
    code = rita.recovery_codes()[0]

    with committing():
        assert isinstance(verify(rita.caller(), code, origin=people.ORIGIN), Verified)

    (message,) = mail.outbox
    assert message.subject == "Access flows: a recovery code was used"
    assert code not in message.body


def test_an_ordinary_verification_is_not_told(rita, committing):
    with committing():
        verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    assert mail.outbox == []


def test_a_lock_is_told_once_an_hour_however_many_guesses_come(rita, committing, clock):
    with committing():
        lock(rita, 60)
    assert [message.subject for message in mail.outbox] == ["Access flows: too many wrong codes"]

    clock.shift(3599)
    with committing():
        lock(rita)
    assert len(mail.outbox) == 1

    clock.shift(2)
    with committing():
        lock(rita)
    assert len(mail.outbox) == 2


def test_a_clock_that_went_back_does_not_silence_the_mails(rita, committing):
    AttemptBudget.objects.create(user=rita.user, lock_mailed_at=people.NOON.replace(year=2027))

    with committing():
        lock(rita)

    assert len(mail.outbox) == 1


def test_a_mail_server_that_fails_reverses_nothing_and_is_logged(rita, committing, settings, caplog):
    settings.EMAIL_BACKEND = "tests.services.test_mail.BrokenMail"

    with committing():
        done = reset.reset_factors(rita.user, reason="x", editor=Editor(caller=None, origin=people.ORIGIN))

    assert len(done.devices) == 1
    assert not AuthenticatorApp.objects.filter(user=rita.user).exists()
    assert AuditEvent.objects.filter(kind="mfa.reset").exists()
    assert "no mail today" in caplog.text


def test_nothing_is_sent_where_the_setting_says_so(rita, committing, settings):
    settings.ACCESSFLOW_MFA_EMAIL = False

    with committing():
        lock(rita)
        rita.app.delete()

    assert mail.outbox == []


def test_somebody_without_an_address_gets_none(db, clock, committing):
    with committing():
        people.enrolled("nomail").app.delete()

    assert mail.outbox == []


def test_the_address_is_the_one_of_now(rita, committing):
    type(rita.user).objects.filter(pk=rita.user.pk).update(email="new@example.org")

    with committing():
        rita.app.delete()

    assert mail.outbox[0].to == ["new@example.org"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_names_the_user_and_tells_what_to_do_if_it_was_not_them(rita, kind):
    mails.send_mail(kind, rita.user)

    (message,) = mail.outbox
    assert "Hello rita," in message.body
    assert "administrator" in message.body
    assert "\n" not in message.subject


def test_teams_override_a_template(rita, settings, tmp_path):
    (tmp_path / "drf_accessflow_mfa" / "email").mkdir(parents=True)
    (tmp_path / "drf_accessflow_mfa" / "email" / "mfa_reset.txt").write_text("Call {{ username }}!")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    mails.send_mail("mfa_reset", rita.user)

    assert mail.outbox[0].body == "Call rita!"


def test_names_are_plain_text_not_markup(db, clock):
    someone = people.person("O'Neil<b>", email="o@example.org")

    mails.send_mail("mfa_locked", someone.user)

    assert "Hello O'Neil<b>," in mail.outbox[0].body


def test_a_user_model_without_an_address_gets_no_mail(rita, monkeypatch):
    monkeypatch.setattr(type(rita.user), "get_email_field_name", classmethod(lambda model: "contact"))

    mails.send_mail("mfa_reset", rita.user)

    assert mail.outbox == []


def test_an_account_without_a_row_gets_no_mail(rita):
    type(rita.user).objects.filter(pk=rita.user.pk).delete()

    mails.send_mail("mfa_reset", rita.user)

    assert mail.outbox == []


def test_a_mail_that_nobody_gets_is_not_noted_as_sent(db, clock, caplog):
    caplog.set_level("INFO", logger="drf_accessflow_mfa.mail")

    mails.send_mail("mfa_reset", people.person("nomail").user)

    assert [one for one in caplog.records if one.name == "drf_accessflow_mfa.mail"] == []


def test_the_lock_of_one_user_does_not_silence_the_mail_about_another(rita, db, committing):
    omar = people.enrolled("omar", email="omar@example.org")
    AttemptBudget.objects.create(user=omar.user)

    for someone in (rita, omar):
        with committing():
            lock(someone)

    assert [message.to for message in mail.outbox] == [["rita@example.org"], ["omar@example.org"]]


def test_a_mail_is_dated_as_its_caller_says_and_is_noted_without_the_address(
    rita, caplog, settings, tmp_path
):
    folder = tmp_path / "drf_accessflow_mfa" / "email"
    folder.mkdir(parents=True)
    (folder / "mfa_reset.txt").write_text("{{ when }} {{ user.email }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    caplog.set_level("INFO", logger="drf_accessflow_mfa.mail")

    mails.send_mail("mfa_reset", rita.user, now=people.NOON.replace(year=2025))

    assert mail.outbox[0].body == "2025-06-01 12:00 rita@example.org"
    told = [one.getMessage() for one in caplog.records if one.name == "drf_accessflow_mfa.mail"]
    assert told == [f"mail=mfa_reset user={rita.user.pk}"]


def test_where_mails_are_off_a_lock_is_not_counted_as_told(rita, committing, settings):
    settings.ACCESSFLOW_MFA_EMAIL = False
    with committing():
        lock(rita)

    assert AttemptBudget.objects.get(user=rita.user).lock_mailed_at is None

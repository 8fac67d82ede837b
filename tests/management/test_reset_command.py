"""``manage.py accessflow_mfa_reset``."""

import pytest
from django.core.management import CommandError, call_command

from drf_accessflow_mfa.models import AttemptBudget, AuditEvent, AuthenticatorApp
from tests import people


def test_it_resets_and_says_what_went(rita, capsys):
    call_command("accessflow_mfa_reset", "rita", reason="ticket 7")

    assert capsys.readouterr().out == "Reset rita: 1 devices removed, 0 verifications ended.\n"
    event = AuditEvent.objects.get(kind="mfa.reset")
    assert (event.source, event.reason, event.actor) == ("command", "ticket 7", None)


def test_a_superuser_can_be_reset_from_the_server(ada):
    call_command("accessflow_mfa_reset", "ada", reason="ticket 7")

    assert not AuthenticatorApp.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_it_needs_a_reason(rita, reason):
    with pytest.raises(CommandError, match="reason"):
        call_command("accessflow_mfa_reset", "rita", reason=reason)
    assert AuthenticatorApp.objects.exists()


def test_a_user_who_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="'nobody'"):
        call_command("accessflow_mfa_reset", "nobody", reason="x")


def test_unlocking_keeps_the_devices(rita, capsys):
    AttemptBudget.objects.create(user=rita.user, codes_in_a_row=20)

    call_command("accessflow_mfa_reset", "rita", "--unlock", reason="x")

    assert capsys.readouterr().out == "rita can verify again.\n"
    assert AuthenticatorApp.objects.exists()
    assert rita.budget() == (0, 0)


def test_what_is_disabled_has_to_be_reset(rita):
    AttemptBudget.objects.create(user=rita.user, codes_in_a_row=100)

    with pytest.raises(CommandError, match="without --unlock"):
        call_command("accessflow_mfa_reset", "rita", "--unlock", reason="x")
    assert rita.budget() == (100, 0)


def test_whoever_was_reset_enrolls_anew(rita):
    call_command("accessflow_mfa_reset", "rita", reason="x")

    answer = people.by_token(rita).post(people.API + "devices/", {"name": "new phone"}, format="json")

    assert answer.status_code == 201

"""Keys rotate: secrets are sealed anew, and what cannot be is counted."""

import pytest
from django.core.management import CommandError, call_command

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.models import AuditCheckpoint, AuditEvent, AuthenticatorApp, RecoveryCode
from drf_accessflow_mfa.services import prune, rotate
from drf_accessflow_mfa.services.outcomes import CodeRefused, Verified
from drf_accessflow_mfa.services.verify import verify
from tests import people
from tests import trail_acts as acts

pytestmark = pytest.mark.django_db

OLD, NEW = "o" * 32, "n" * 32


@pytest.fixture(autouse=True)
def keys(settings, clock):
    """Everything begins under the old key."""
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [OLD]
    return settings


def add_new_key(keys):
    keys.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW, OLD]


def drop_old_key(keys):
    keys.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW]


def rotated(**options):
    return [(batch.done, batch.current, batch.overtaken) for batch in rotate.rotate_secrets(**options)]


def test_after_a_rotation_the_old_key_can_go(keys):
    rita = people.enrolled("rita")
    add_new_key(keys)
    call_command("accessflow_mfa_rotate_keys")
    drop_old_key(keys)

    assert isinstance(verify(rita.caller(), rita.code(), origin=people.ORIGIN), Verified)


def test_without_a_rotation_the_secret_is_lost_and_the_log_says_so(keys):
    rita = people.enrolled("rita")
    code = rita.code()
    keys.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [NEW]

    assert isinstance(verify(rita.caller(), code, origin=people.ORIGIN), CodeRefused)
    assert rita.events("mfa.failed") == [("mfa.failed", "secret_unreadable")]


def test_it_goes_in_batches_and_can_be_started_again(keys):
    for number in range(5):
        people.enrolled(f"user{number}")
    add_new_key(keys)

    first = next(rotate.rotate_secrets(batch=2))

    assert first.done == 2
    assert rotated(batch=2) == [(0, 2, 0), (2, 0, 0), (1, 0, 0)]
    assert rotated(batch=10) == [(0, 5, 0)]


def test_a_secret_that_was_changed_meanwhile_is_left_alone(keys, monkeypatch):
    rita = people.enrolled("rita")
    add_new_key(keys)
    reseal = AuthenticatorApp.reseal

    def overtaken(app):
        reseal(app)
        AuthenticatorApp.objects.filter(pk=app.pk).update(sealed_secret=b"somebody else's")

    monkeypatch.setattr(AuthenticatorApp, "reseal", overtaken)

    assert rotated() == [(0, 0, 1)]
    assert bytes(AuthenticatorApp.objects.get(pk=rita.app.pk).sealed_secret) == b"somebody else's"


def test_nothing_but_the_secret_is_written(keys):
    rita = people.enrolled("rita")
    verify(rita.caller(), rita.code(), origin=people.ORIGIN)
    before = AuthenticatorApp.objects.values().get()
    add_new_key(keys)

    rotated()

    after = AuthenticatorApp.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"sealed_secret"}
    assert crypto.is_sealed_with_newest_key(after["sealed_secret"])


def test_an_unreadable_secret_is_reported_and_the_others_rotate(keys, capsys):
    people.enrolled("rita")
    keys.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["x" * 32]
    lost = people.enrolled("lost")
    add_new_key(keys)

    with pytest.raises(CommandError, match=rf"1 authenticator apps \(ids {lost.app.pk}\)"):
        call_command("accessflow_mfa_rotate_keys")

    assert "1 sealed anew, 0 current, 1 unreadable" in capsys.readouterr().out


def test_recovery_codes_work_as_long_as_their_key_is_configured(keys, capsys):
    rita = people.enrolled("rita")
    first, second, *_ = rita.recovery_codes()
    add_new_key(keys)

    call_command("accessflow_mfa_rotate_keys")
    assert "10 unused recovery codes of 1 users" in capsys.readouterr().out
    assert isinstance(verify(rita.caller(), first, origin=people.ORIGIN), Verified)
    assert rotate.count_bound_to_old_keys().recovery_codes == 9

    drop_old_key(keys)
    assert isinstance(verify(rita.caller(), second, origin=people.ORIGIN), CodeRefused)


def test_new_recovery_codes_depend_on_the_new_key_alone(keys, capsys):
    rita = people.enrolled("rita")
    rita.recovery_codes()
    add_new_key(keys)
    code = rita.recovery_codes()[0]

    call_command("accessflow_mfa_rotate_keys")
    drop_old_key(keys)

    assert "Nothing depends on older keys." in capsys.readouterr().out
    assert RecoveryCode.objects.count() == 10
    assert isinstance(verify(rita.caller(), code, origin=people.ORIGIN), Verified)


def test_a_rotation_is_in_the_log(keys):
    people.enrolled("rita")
    add_new_key(keys)

    rotated()
    rotated()

    event = AuditEvent.objects.get(kind="keys.rotated")
    assert event.changes == {"secrets": [None, 1], "key": [None, crypto.newest_key_id()]}


def test_the_audit_log_is_whole_after_a_rotation(keys):
    keys.ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS = 7 * 86400
    acts.append(4, now=acts.NOON.replace(year=2020))
    acts.seal_all()
    assert sum(batch.count for batch in prune.prune()) == 4
    add_new_key(keys)

    call_command("accessflow_mfa_rotate_keys")
    drop_old_key(keys)

    assert acts.check() == []
    assert AuditCheckpoint.objects.latest("number").key_id == crypto.newest_key_id()

"""Recovery codes: each once, with a budget of their own, shown once."""

import pytest

from drf_accessflow_mfa.models import RecoveryCode, RecoveryCodes
from drf_accessflow_mfa.services.outcomes import CodeRefused, LockedOut, Verified
from drf_accessflow_mfa.services.verify import verify
from tests.people import API, ORIGIN, by_session, by_token, post_code, verified

GARBAGE = "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"


def attempt(someone, code, **options):
    return verify(someone.caller(), code, origin=ORIGIN, **options)


def test_each_code_is_accepted_once_in_whatever_spelling(rita):
    for code in rita.recovery_codes():
        assert isinstance(attempt(rita, code.lower()), Verified)
        for spelling in (code, code.lower(), code.replace("-", ""), code.replace("0", "O")):
            assert isinstance(attempt(rita, spelling), CodeRefused)


def test_a_spent_code_is_a_replay_in_the_log_and_no_guess(rita):
    code = rita.recovery_codes()[0]
    attempt(rita, code)

    attempt(rita, code)

    assert rita.events("mfa.failed") == [("mfa.failed", "replayed")]
    assert rita.recovery_budget() == (0, 0)


def test_a_set_holds_ten_different_codes_and_keeps_none_of_them(rita):
    codes = rita.recovery_codes()

    rows = str(list(RecoveryCode.objects.values()))
    assert len(set(codes)) == RecoveryCode.objects.count() == 10
    assert not any(code in rows or code.replace("-", "") in rows for code in codes)


def test_a_recovery_code_works_while_codes_are_locked(rita):
    for _ in range(5):
        attempt(rita, rita.wrong_code())
    assert isinstance(attempt(rita, rita.code()), LockedOut)

    assert isinstance(attempt(rita, rita.recovery_codes()[0]), Verified)
    assert isinstance(attempt(rita, rita.code()), Verified)


def test_a_recovery_code_does_not_give_the_day_back(rita):
    codes = rita.recovery_codes()
    for round_ in range(4):
        for _ in range(5):
            attempt(rita, rita.wrong_code())
        attempt(rita, codes[round_])

    assert attempt(rita, rita.code()).reason == "daily_limit"
    assert isinstance(attempt(rita, codes[9]), Verified)


def test_wrong_recovery_codes_lock_recovery_codes_alone(rita):
    code = rita.recovery_codes()[0]
    for _ in range(5):
        assert isinstance(attempt(rita, GARBAGE), CodeRefused)

    assert isinstance(attempt(rita, code), LockedOut)
    assert rita.budget() == (0, 0)
    assert isinstance(attempt(rita, rita.code()), Verified)


def test_somebody_elses_recovery_code_is_refused(rita, omar):
    code = rita.recovery_codes()[0]
    omar.recovery_codes()

    assert isinstance(attempt(omar, code), CodeRefused)
    assert isinstance(attempt(rita, code), Verified)


def test_a_new_set_voids_the_old_one_at_once(rita, clock):
    old, client = rita.recovery_codes(), by_token(rita)
    verified(client, rita)

    new = client.post(API + "recovery-codes/").json()["codes"]

    assert not set(old) & set(new)
    assert all(isinstance(attempt(rita, code), CodeRefused) for code in old[:3])
    assert isinstance(attempt(rita, new[0]), Verified)
    assert ("recovery_codes.generated", "") in rita.events()


@pytest.mark.parametrize("method", ["post"])
def test_replacing_them_needs_a_fresh_verification_of_this_credential(rita, clock, method):
    rita.recovery_codes()
    verified(by_session(rita), rita)
    client = by_token(rita)

    answer = getattr(client, method)(API + "recovery-codes/")

    assert (answer.status_code, answer.json()["code"], answer.json()["flow"]) == (401, "mfa_required", None)
    assert client.get(API + "recovery-codes/").json()["left"] == 10


def test_a_stale_verification_does_not_replace_them(rita, clock, settings):
    settings.ACCESSFLOW_MFA_MANAGE_MAX_AGE = 300
    client = by_token(rita)
    verified(client, rita)
    clock.shift(301)

    assert client.post(API + "recovery-codes/").status_code == 401


def test_they_cannot_be_read_a_second_time(rita, clock):
    codes, client = rita.recovery_codes(), by_token(rita)

    pages = [client.get(API + page).content.decode() for page in ("recovery-codes/", "devices/", "status/")]

    assert not any(code in page or code.replace("-", "") in page for code in codes for page in pages)


def test_how_many_are_left_goes_down_with_each(rita, clock):
    codes, client = rita.recovery_codes(), by_token(rita)
    post_code(client, codes[0])

    left = client.get(API + "recovery-codes/").json()

    assert left == {"left": 9, "generated_at": "2026-06-01T12:00:05Z"}


def test_they_outlive_a_rotation_of_keys_until_the_old_key_goes(rita, settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["old " * 8]
    codes = rita.recovery_codes()
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["new " * 8, "old " * 8]
    assert isinstance(attempt(rita, codes[0]), Verified)

    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["new " * 8]

    assert isinstance(attempt(rita, codes[1]), CodeRefused)


def test_a_verification_by_recovery_code_says_so_in_the_log_and_reads_as_otp(rita, clock):
    answer = post_code(by_token(rita), rita.recovery_codes()[0])

    assert answer.status_code == 201
    assert answer.json()["method"] == "recovery_code"
    assert answer.json()["acr"] == "https://refeds.org/profile/mfa"


def test_a_user_has_one_set_at_most(rita):
    rita.recovery_codes()
    rita.recovery_codes()

    assert RecoveryCodes.objects.count() == 1
    assert RecoveryCode.objects.count() == 10
